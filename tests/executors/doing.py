"""Work for other processes, in a module that they can import; none of it needs a model."""

import os
import signal
import time

from delift_core.executors.work import Task

NUMBERS = [Task(number, f"number {number}", number) for number in range(10)]
SQUARES = {number: number * number for number in range(10)}


def square(number, advance):
    advance(1)
    return number * number


def squares():
    return square


def square_beside_deaths(number, advance):
    """Ends its process at 3."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(number, advance)


def deadly_squares():
    return square_beside_deaths


def sleep(number, advance):
    time.sleep(600)


def sleeping():
    return sleep


def pid(number, advance):
    return os.getpid()


def pids():
    return pid
