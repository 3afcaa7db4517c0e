//! The random stream against vectors that another program (in Python) made from the written rule.

use delimark_datasets::Random;

#[test]
fn numbers_follow_the_written_rule() {
    // Seed 0 is also the well-known vector of xoshiro256** seeded through SplitMix64.
    for (seed, expected) in [
        (0, [0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0]),
        (1, [0xb3f2_af6d_0fc7_10c5, 0x853b_5596_4736_4cea, 0x92f8_9756_082a_4514]),
        (u64::MAX, [0x8f55_20d5_2a7e_ad08, 0xc476_a018_caa1_802d, 0x81de_31c0_d260_469e]),
    ] {
        let mut random = Random::new(seed);
        assert_eq!([(); 3].map(|()| random.next_u64()), expected, "seed {seed}");
    }
}

#[test]
fn below_follows_the_written_rule() {
    let mut random = Random::new(7);
    let limits = [1, 2, 10, 1000, 1 << 40, u64::MAX, 0, 6];
    let expected = [0, 0, 8, 981, 1_089_462_398_078, 16_099_837_482_234_907_720, 0, 0];
    assert_eq!(limits.map(|limit| random.below(limit)), expected);
}

#[test]
fn shuffle_follows_the_written_rule() {
    let mut items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    Random::new(7).shuffle(&mut items);
    assert_eq!(items, [1, 8, 3, 0, 4, 5, 9, 6, 2, 7]);
}

#[test]
fn shuffle_leaves_nothing_and_one_item_alone() {
    let mut random = Random::new(7);
    random.shuffle::<u8>(&mut []);
    random.shuffle(&mut [1]);
    assert_eq!(random.next_u64(), Random::new(7).next_u64(), "no draw was needed");
}
