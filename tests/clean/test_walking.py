from __future__ import annotations

import numpy as np

from upriver.clean.walking import DONE, FULL, MET, NOWHERE, Moves


def walk(moves: Moves, words: list[int], room: int = 8) -> tuple[int, int, list[list[int]], int, int]:
    found = np.zeros((room, 3), np.int64)
    end, place, n_found, node, word = moves.walk(np.array(words, np.int64), 99_999, 0, found, 0)
    return end, place, found[:n_found].tolist(), node, word


def test_a_chain_longer_than_the_first_table_is_walked_to_its_end():
    moves = Moves()
    for node in range(5_000):
        moves.add_node((7,) if node == 4_999 else ())
        moves.add(node, node + 2, node + 1 if node < 4_999 else NOWHERE)
        if node:
            moves.add(0, node + 2, NOWHERE)
    end, _, found, _, _ = walk(moves, list(range(2, 5_001)))
    assert end == DONE
    assert found == [[0, 7, 4_998]]


def test_a_move_that_was_never_met_is_asked_for():
    moves = Moves()
    for ends in ((), (1,)):
        moves.add_node(ends)
    moves.add(0, 2, 1)
    assert walk(moves, [2, 3])[0::3] == (MET, 1)
    moves.add(1, 3, NOWHERE)
    assert walk(moves, [2, 3]) == (MET, 1, [[0, 1, 0]], 0, 3)


def test_where_hits_have_no_room_the_place_is_walked_again():
    moves = Moves()
    moves.add_node(())
    moves.add_node((3, 4, 5))
    moves.add(0, 2, 1)
    assert walk(moves, [2], room=2)[:3] == (FULL, 0, [])
    assert walk(moves, [2], room=3)[:3] == (DONE, 1, [[0, 3, 0], [0, 4, 0], [0, 5, 0]])
