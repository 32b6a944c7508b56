"""The board of a vote can be read: bars by number, no bar while the vote is open."""

import numpy as np

from nhipcau.picture.board import Board, draw_board
from nhipcau.picture.cell import Cell
from nhipcau.picture.tile import TileArt

CELL = Cell(0, 0, 424, 236)
OPEN = Board("Thông qua nhiệm vụ", (("Đồng ý", None), ("Không đồng ý", None)), "0/8 đã trả lời")
CLOSED = Board("Thông qua nhiệm vụ", (("Đồng ý", 6), ("Không đồng ý", 2)), "8/8 đã trả lời")


def test_a_board_fills_its_cell_whatever_it_says() -> None:
    long = Board("ộ" * 500, tuple(("ệ" * 200, 800) for _ in range(10)), "800/800")
    for board in (OPEN, CLOSED, long):
        for cell in (CELL, Cell(0, 0, 120, 68), Cell(0, 0, 1280, 720)):
            picture = draw_board(board, cell)
            assert (picture.width, picture.height) == (cell.width, cell.height)


def test_a_longer_bar_stands_for_more_answers_and_an_open_vote_has_none() -> None:
    def lit(board: Board) -> list[int]:
        luma = np.asarray(draw_board(board, CELL).y, np.int16)
        ground = np.asarray(draw_board(OPEN, CELL).y, np.int16)
        rows = (np.abs(luma - ground) > 8).sum(axis=1)
        return [int(rows[60:85].sum()), int(rows[88:110].sum())]

    most, least = lit(CLOSED)
    assert most > 2 * least > 0
    assert lit(OPEN) == [0, 0]


def test_a_board_is_drawn_once() -> None:
    art = TileArt()
    assert art.board(CLOSED, CELL) is art.board(CLOSED, CELL)
    assert art.board(OPEN, CELL) is not art.board(CLOSED, CELL)
