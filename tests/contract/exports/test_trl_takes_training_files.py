"""TRL's own trainers take each file as it is: their preparation runs, and a tiny untrained model makes one step."""

import pytest

from domain.exports import ExportFormat, ExportOrder
from domain.graphs import GraphQuery

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # other people's libraries; what they read is what is tested
]
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|> {{ message['content'] }} <|end|> {% endfor %}"
    "{% if add_generation_prompt %}<|assistant|> {% endif %}"
)


@pytest.fixture
def files(services, tmp_path):
    order = ExportOrder(query=GraphQuery(study_id="s1"), format=ExportFormat.TRAINING)
    services.exporting.run(order, tmp_path / "training")
    return tmp_path / "training" / "values"


@pytest.fixture
def tokenizer(files):
    """A tokenizer of whole words, made from the files themselves."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from tokenizers.trainers import WordLevelTrainer
    from transformers import PreTrainedTokenizerFast

    special = ["<unk>", "<pad>", "<|end|>", "<|user|>", "<|assistant|>"]
    words = Tokenizer(WordLevel(unk_token="<unk>"))
    words.pre_tokenizer = WhitespaceSplit()
    words.train([str(path) for path in files.glob("*.jsonl")], WordLevelTrainer(special_tokens=special))
    made = PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="<unk>", pad_token="<pad>", eos_token="<|end|>", bos_token="<|end|>"
    )
    made.chat_template = TEMPLATE
    return made


def tiny(kind, tokenizer):
    """Return an untrained model of a few thousand weights."""
    from transformers import LlamaConfig

    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=512, pad_token_id=tokenizer.pad_token_id, num_labels=1,
    )  # fmt: skip
    return kind(config)


def options(out):
    return {
        "output_dir": str(out), "max_steps": 1, "per_device_train_batch_size": 2, "report_to": [], "use_cpu": True,
        "save_strategy": "no", "disable_tqdm": True, "bf16": False, "gradient_checkpointing": False,
    }  # fmt: skip


def load(path):
    import datasets

    return datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(path.parent / "cache"))


@pytest.mark.parametrize("use", ["sft", "dpo", "kto", "reward"])
def test_one_step_of_training_runs_on_the_file_as_it_is(use, files, tokenizer, tmp_path):
    import trl
    from transformers import LlamaForCausalLM, LlamaForSequenceClassification

    trainers = {
        "sft": (trl.SFTTrainer, trl.SFTConfig),
        "dpo": (trl.DPOTrainer, trl.DPOConfig),
        "kto": (trl.KTOTrainer, trl.KTOConfig),
        "reward": (trl.RewardTrainer, trl.RewardConfig),
    }
    trainer_kind, config_kind = trainers[use]
    model = tiny(LlamaForSequenceClassification if use == "reward" else LlamaForCausalLM, tokenizer)
    trainer = trainer_kind(
        model=model,
        args=config_kind(**options(tmp_path / "out")),
        train_dataset=load(files / f"{use}.train.jsonl"),
        eval_dataset=load(files / f"{use}.test.jsonl"),
        processing_class=tokenizer,
        **({"ref_model": tiny(LlamaForCausalLM, tokenizer)} if use in {"dpo", "kto"} else {}),
    )
    done = trainer.train()
    assert done.global_step == 1
    assert done.training_loss == done.training_loss


def test_prompts_are_what_an_online_trainer_asks(files, tokenizer, tmp_path):
    import trl
    from transformers import LlamaForCausalLM

    asked = []

    def reward(prompts, completions, **_):
        asked.extend(prompts)
        return [float(len(completion)) for completion in completions]

    options_here = {**options(tmp_path / "out"), "num_generations": 2, "max_completion_length": 4}
    trainer = trl.GRPOTrainer(
        model=tiny(LlamaForCausalLM, tokenizer),
        reward_funcs=reward,
        args=trl.GRPOConfig(**options_here),
        train_dataset=load(files / "prompts.train.jsonl"),
        processing_class=tokenizer,
    )
    assert trainer.train().global_step == 1
    assert all(prompt[0]["role"] == "user" for prompt in asked)


def test_trl_sees_conversations_in_every_file(files):
    from trl.data_utils import is_conversational

    for path in files.glob("*.jsonl"):
        assert all(is_conversational(row) for row in load(path)), path.name
