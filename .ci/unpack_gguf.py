"""Unpack a GGUF model into the safetensors form that vLLM reads, with its tokenizer.

Runs in the environment of vLLM: ``python .ci/unpack_gguf.py FILE.gguf FOLDER``. What is in FOLDER is whole: it is
written beside it and moved there at the end, and a second call finds it done.
"""

import os
import shutil
import sys
from pathlib import Path


def unpack(file: Path, folder: Path) -> None:
    """Load the weights as plain numbers and save them without the settings of their quantisation."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    beside = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        model = AutoModelForCausalLM.from_pretrained(
            file.parent,
            gguf_file=file.name,
            dtype=torch.bfloat16,
            quantization_config=GgufConfig(dequantize=True),
        )
        # The weights are plain numbers now: left in, these would make the library refuse to save them, and the server
        # look for quantised ones.
        vars(model).pop("hf_quantizer", None)
        vars(model.config).pop("quantization_config", None)
        model.save_pretrained(beside)
        AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name).save_pretrained(beside)
        if folder.is_dir():
            shutil.rmtree(folder)
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def main() -> int:
    """Return 0, or 1 after an error that is explained in one sentence."""
    file, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if (folder / "config.json").is_file():
        return 0
    print(f"Unpacking {file.name} into {folder}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unpack(file, folder)
    except Exception as error:  # noqa: BLE001 - the libraries raise what they like
        print(f"{file} could not be unpacked: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
