"""Damaged files by chance, and the watch over what reads them.

`_damage` spoils bytes and `_forms` takes a file apart and puts it together again, checksums and
lengths made right, so that damage reaches what lies inside; `_samples` has sound files, `_readers`
what reads them; `_cases` makes one case of a reader, a seed and a number, and `_attempt` has it
read. `_worker` does so case after case in a process of its own, and `_watch` sees to it that the
process neither dies nor hangs nor grows.
"""
