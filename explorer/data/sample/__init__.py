"""The bundled sample: a generated corpus of readable film reviews, and the script that writes it.

Every word and sentence frame was written for this project; nothing comes from real reviews. `resources/sample.npz` is
what `python -m explorer.data.sample.generate resources/sample.npz` writes.
"""
