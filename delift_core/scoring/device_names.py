"""The names of the devices a model can be loaded on, without what it takes to load one."""

DEVICES = ("auto", "cpu", "cuda", "mps")  # auto: the best that is here
