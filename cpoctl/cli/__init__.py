"""The command line: a lazy tree of nouns and verbs, derived from the operations, and a few commands of its own.

stdout is data, stderr is narration. Nothing here is imported before it is needed: a list loads no
asyncio, ssl, rich or web framework.
"""
