"""The commands behind `make`: the product on this machine, and work with stacks on AWS."""
