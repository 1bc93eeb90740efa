"""Ports of the demo's processes: between our looking and their listening nobody else may get one."""

import socket

from kiosk_app.demo_children import free_port

LOWEST_OF_THE_KERNEL = 32768
"""Linux's default ``ip_local_port_range``: from here on any connection of any process is given a port."""


def test_a_free_port_is_none_that_the_kernel_gives_away() -> None:
    assert all(0 < free_port() < LOWEST_OF_THE_KERNEL for _ in range(50))


def test_the_port_that_a_person_knows_is_taken_if_nobody_has_it_and_another_one_if_somebody_has() -> None:
    known = free_port()
    assert free_port(known) == known
    with socket.create_server(("127.0.0.1", known)):
        other = free_port(known)
    assert other != known
    assert 0 < other < LOWEST_OF_THE_KERNEL
