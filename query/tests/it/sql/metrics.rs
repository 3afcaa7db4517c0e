//! Plans and figures of scans, as `EXPLAIN` shows them.

use super::{Desk, recorded};

#[test]
fn explain_shows_columns_conditions_and_figures() {
    let desk = Desk::new();
    desk.write("access.log", &recorded("nginx/combined.log"));
    let plan = desk.rows(
        "EXPLAIN SELECT request FROM '{}/access.log' WHERE status = 404 AND length(request) > 9",
    );
    assert!(plan.contains("projection=[request]"), "{plan}");
    assert!(plan.contains("file_type=delimark"), "{plan}");
    assert!(plan.contains("predicate=status"), "{plan}");
    assert!(plan.contains("FilterExec: character_length(request"), "{plan}");
    let plan = desk.rows("EXPLAIN ANALYZE SELECT request FROM '{}/access.log' WHERE status = 404");
    for figure in
        ["bytes_scanned=", "lines_scanned=377", "lines_pruned_by_filter=", "lines_left_out=0"]
    {
        assert!(plan.contains(figure), "{figure}: {plan}");
    }
}
