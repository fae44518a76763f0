"""What a program tells the bench of itself: a line of JSON."""

import json
import resource
import time


def cpu_time():
    """Milliseconds of CPU of this process and of all its children that have ended."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime) * 1000


def peak(workers):
    """The most bytes of this process, and as many times those of its largest child."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + workers * largest) * 1024


class Told:
    """Times what is done within it."""

    def __init__(self, workers):
        self.workers = workers
        self.more = {}

    def __enter__(self):
        self.began = time.perf_counter()
        self.cpu = cpu_time()
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            taken = (time.perf_counter() - self.began) * 1000
            said = {"time": taken, "cpu": cpu_time() - self.cpu, "peak": peak(self.workers)}
            print(json.dumps({**said, **self.more}))
