"""The rule for hot loops, on made-up functions: what it finds, and where it fails."""

import unittest

from prediction import hot_loop
from prediction.disassembly import parse_function
from prediction.failure import Failure

from .code import listing

# A block at rsi, positions at rdx, which goes on by as many as were found. What is rare goes to
# `more` and writes hit by hit.
INDEX = """
    mov rsi, rdi
block:
    vmovdqu64 zmm0, zmmword ptr [rbx + rsi - 0x1000]
    vpcmpeqb k1, zmm0, zmm3 # a comment: jmp 0x10
    kmovq rdi, k1
    vmovdqu64 zmmword ptr [r11 + 4*rdx], zmm2
    cmp rdi, 0x11
    jae @more
next:
    add rdx, rdi
    add rsi, 0x40
    cmp r9, rsi
    jne @block
    jmp @end
more:
    mov dword ptr [r11 + 4*rdx], eax
    add r11, 0x4
    dec rdi
    jne @more
    jmp @next
end:
    ret
"""

NEON = """
block:
    ld4 { v16.16b, v17.16b, v18.16b, v19.16b }, [x25], #64
    cmeq v2.16b, v16.16b, v22.16b
    stp w12, w16, [x13]
    str w15, [x13, #0x18]
    add x13, x11, x0, lsl #2
    cmp x25, x10
    b.ne @block
    ret
"""


def find(code, writes_positions=True, architecture="x86_64"):
    function = parse_function(listing(code), architecture, "index")
    return hot_loop.find(function, writes_positions)


class OnX86(unittest.TestCase):
    def refuses(self, code, message="no round reads whole blocks", **how):
        with self.assertRaisesRegex(Failure, message):
            find(code, **how)

    def test_the_shortest_round_that_reads_blocks_is_found(self):
        loop = find(INDEX)
        addresses = [instruction.address for instruction in loop.instructions]
        self.assertEqual(addresses, list(range(0x14, 0x3C, 4)))
        self.assertEqual((loop.blocks, loop.positions), (1, 16))

    def test_jumps_lead_behind_the_round_and_comments_go(self):
        assembly = find(INDEX).assembly().splitlines()
        self.assertEqual(assembly[0], ".intel_syntax noprefix")
        self.assertIn("vpcmpeqb k1, zmm0, zmm3", assembly)
        self.assertIn("jae .Lelsewhere", assembly)
        self.assertEqual(assembly[-1], ".Lelsewhere:")

    def test_what_writes_positions_does_not_count_only(self):
        self.refuses(INDEX, writes_positions=False)
        self.refuses(
            INDEX.replace("vmovdqu64 zmmword ptr [r11 + 4*rdx], zmm2", "nop").replace(
                "mov dword ptr [r11 + 4*rdx], eax", "nop"
            )
        )

    def test_less_than_a_block_is_none(self):
        self.refuses(INDEX.replace("add rsi, 0x40", "add rsi, 0x20"))

    def test_bytes_that_are_not_read_make_it_none(self):
        self.refuses(INDEX.replace("add rsi, 0x40", "add rsi, 0x80"))

    def test_a_step_that_depends_on_data_makes_it_none(self):
        self.refuses(INDEX.replace("add rsi, 0x40", "add rsi, rdi"))

    def test_what_calls_is_not_hot(self):
        self.refuses(INDEX.replace("add rdx, rdi", "call 0x900 <f>"))

    def test_a_second_loop_that_gets_as_far_is_an_error(self):
        other = INDEX
        for label in ("block", "next", "more", "end"):
            other = other.replace(f"{label}:", f"{label}2:").replace(f"@{label}", f"@{label}2")
        self.refuses(INDEX.replace("    ret\n", "") + other, "two loops read 1 blocks")

    def test_two_ways_of_one_length_are_an_error(self):
        ways = "jb @way\n    nop\n    jmp @next\nway:\n    nop\n    jmp @next"
        code = INDEX.replace("jae @more", ways)
        self.refuses(code, "2 rounds have 12 instructions")
        self.assertEqual(len(find(code.replace("nop", "nop\n nop", 1)).instructions), 12)

    def test_the_loop_that_gets_further_is_taken(self):
        wide = """
        wide:
            vmovdqu64 zmm0, zmmword ptr [rbx + rsi]
            vmovdqu64 zmm1, zmmword ptr [rbx + rsi + 0x40]
            mov qword ptr [r11 + 4*rdx], rax
            add rdx, rcx
            sub rsi, -0x80
            jne @wide
            ret
        """
        loop = find(INDEX.replace("    ret\n", "") + wide)
        self.assertEqual((loop.blocks, loop.positions), (2, 2))

    def test_what_the_stack_keeps_is_known_until_it_is_overwritten(self):
        kept = INDEX.replace("add rdx, rdi", "add rdx, rdi\n mov rbx, qword ptr [rsp + 0x18]")
        self.assertEqual(find(kept).blocks, 1)
        self.refuses(
            kept.replace("kmovq rdi, k1", "popcnt rdi, rdi\n mov [rsp + 0x18], rdi").replace(
                "mov [", "mov qword ptr ["
            )
        )
        self.refuses(kept.replace("kmovq rdi, k1", "vmovdqa ymmword ptr [rsp], ymm1"))

    def test_an_instruction_that_writes_more_than_it_shows_is_an_error(self):
        self.refuses(INDEX.replace("add rdx, rdi", "xchg rdx, rdi"), "xchg at 0x2c")


class OnArm(unittest.TestCase):
    def test_a_load_that_steps_by_itself_is_seen(self):
        loop = find(NEON, architecture="aarch64")
        self.assertEqual((loop.blocks, loop.positions), (1, 3))
        self.assertIn("b.ne .Lelsewhere", loop.assembly())

    def test_pairs_and_a_step_of_their_own_are_seen(self):
        pairs = """
        block:
            ldp q0, q1, [x8]
            ldp q2, q3, [x8, #0x20]
            add x9, x8, #0x1, lsl #12 // =0x1000
            subs x10, x10, #0x1
            add x8, x8, #0x40
            b.ne @block
            ret
        """
        loop = find(pairs, writes_positions=False, architecture="aarch64")
        self.assertEqual((loop.blocks, loop.positions), (1, 0))

    def test_an_access_that_is_not_understood_is_an_error(self):
        with self.assertRaisesRegex(Failure, "stlr at 0x18"):
            find(NEON.replace("stp w12, w16, [x13]", "stlr w12, [x13]"), architecture="aarch64")
