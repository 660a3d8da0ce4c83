"""Where pieces of work are done: in this process, in several of this machine, on a Ray cluster.

Tasks go in, results come out in any order. The process that gives tasks out stores the results:
it holds the lock of the run and is the only writer.
"""
