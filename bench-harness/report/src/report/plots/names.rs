//! Names beside what they name, kept apart from each other: lines that end close together would
//! have theirs on top of each other.

use std::iter;

/// The distance of neighbouring names.
pub(super) const NAME: i32 = 17;

/// Moves rising positions apart to [`NAME`] pixels within two edges, each as little as it takes:
/// positions that collide form a group around their mean.
pub(super) fn spread(wanted: &[i32], (upper_edge, lower_edge): (i32, i32)) -> Vec<i32> {
    // Less their distances, positions need only not fall: that is isotonic regression.
    let mut groups: Vec<(i32, i32)> = Vec::new();
    for (index, &y) in (0..).zip(wanted) {
        let mut group = (y - NAME * index, 1);
        while let Some(&(sum, count)) = groups.last()
            && sum / count > group.0 / group.1
        {
            groups.pop();
            group = (group.0 + sum, group.1 + count);
        }
        groups.push(group);
    }
    let last_start = (lower_edge - NAME * (wanted.len() as i32 - 1)).max(upper_edge);
    let starts = groups
        .into_iter()
        .flat_map(|(sum, count)| iter::repeat_n(sum / count, count.unsigned_abs() as usize));
    (0..)
        .zip(starts)
        .map(|(index, start)| start.clamp(upper_edge, last_start) + NAME * index)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn names_keep_their_distance_and_stay_above_the_edge() {
        let edges = (0, 200);
        assert_eq!(spread(&[10, 100], edges), [10, 100]);
        assert_eq!(spread(&[98, 100, 102], edges), [83, 100, 117]);
        assert_eq!(spread(&[2, 3, 4], edges), [0, 17, 34]);
        assert_eq!(spread(&[190, 195, 199], edges), [166, 183, 200]);
        assert_eq!(spread(&[], edges), [0; 0]);
    }
}
