"""The library as a retriever of other frameworks; each needs its optional extra."""
