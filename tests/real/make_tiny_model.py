#!/usr/bin/env python3
"""Make a tiny Qwen3-architecture chat model from nothing, for real LLM servers.

Nothing is downloaded: the byte-level BPE vocabulary is trained on the text in
this file, the weights start random (torch.manual_seed) and, unless --random is
given, are trained (about 4 CPU minutes) to know the few conversations below by
heart, so that a real server shows reasoning, tool calls, markdown, code and
multi-byte text in its streams.  0.66 M parameters.

    make_tiny_model.py OUTDIR [--random] [--steps N] [--seed N]

Writes OUTDIR/hf (config, safetensors, tokenizer, chat template) and
OUTDIR/tiny.gguf (F16).  Needs: torch transformers tokenizers gguf numpy.

Keywords the trained model answers to (anywhere in the last user message):
  hello story code table unicode think weather cities forever json
  `weather` -> one tool call, `cities` -> two parallel tool calls,
  `forever` -> never stops (runs into max_tokens), `think` -> long reasoning.
"""

# The source of model/tiny.gguf, kept as it was when it made that file; so it is not held to this project's style.
# ruff: noqa
# mypy: ignore-errors
import argparse, json, os, random, time

TEMPLATE = """\
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
    {{- '# Tools\\n\\nYou may call these functions:\\n<tools>' }}
    {%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{%- endfor %}
    {{- '\\n</tools>\\n\\nFor each call, return a json object within tags:\\n<tool_call>\\n{"name": <function-name>, "arguments": <args-json-object>}\\n</tool_call><|im_end|>\\n' }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant\\n' }}
        {%- if message.reasoning_content is defined and message.reasoning_content %}
            {{- '<think>\\n' + message.reasoning_content + '\\n</think>\\n\\n' }}
        {%- endif %}
        {%- if message.content %}{{- message.content }}{%- endif %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if not loop.first or message.content %}{{- '\\n' }}{%- endif %}
                {%- if tool_call.function %}{%- set tool_call = tool_call.function %}{%- endif %}
                {{- '<tool_call>\\n{"name": "' + tool_call.name + '", "arguments": ' }}
                {%- if tool_call.arguments is string %}{{- tool_call.arguments }}{%- else %}{{- tool_call.arguments | tojson }}{%- endif %}
                {{- '}\\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}
"""

T = "<think>\n%s\n</think>\n\n"
CALL = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "%s", "unit": "celsius"}}\n</tool_call>'
ANSWERS = {
    "hello": T % "The user says hello. I will greet them back."
    + "Hello! I am a very small model, made on this machine a moment ago. How can I help you today?",
    "story": "# The Lantern\n\nOnce upon a time a lighthouse keeper found a **blue lantern** on the shore. "
    "It burned without oil, and every night it whispered the names of ships that would never come home.\n\n"
    "The keeper wrote each name in a book:\n\n1. The Amber Gull\n2. The Quiet Widow\n3. The Seventh Bell\n\n"
    "On the last night of winter the lantern whispered *his own* name. He closed the book, smiled, and "
    "walked out along the pier until the fog folded over him.\n\n> Some lights are not meant to guide.\n\n"
    "---\n\nThe end.",
    "code": "Here is a function:\n\n```python\ndef fib(n: int) -> int:\n    a, b = 0, 1\n    for _ in range(n):\n"
    "        a, b = b, a + b\n    return a\n\n\nprint([fib(i) for i in range(10)])\n```\n\n"
    "It prints `[0, 1, 1, 2, 3, 5, 8, 13, 21, 34]`. The cost is O(n).",
    "table": "| server | tokens/s | ttft (ms) |\n|:-------|---------:|----------:|\n| alpha | 41.5 | 120 |\n"
    "| beta | 38.0 | 95 |\n| gamma | 102.7 | 310 |\n\n- [x] measured\n- [ ] repeated\n",
    "unicode": "Zażółć gęślą jaźń. Привет, мир! 你好，世界。こんにちは 🌍 👩‍👩‍👧‍👦 🇵🇱 🏳️‍🌈 "
    "مرحبا بالعالم שלום नमस्ते e\u0301 n\u0303 \u200bzero\u00a0width … “quotes” — ∑∞≠√ ½ ①②③ 𝒳𝒴𝒵 𠜎 end.",
    "think": T
    % (
        "Let me think step by step. First I count the sheep: one, two, three, four. Then I remember that two "
        "of them were goats, so I subtract. Four minus two is two.\n\nWait, is a goat a sheep? No. So the answer "
        "stays at two. Let me check it once more: sheep, sheep, goat, goat. Yes."
    )
    + "There are **two** sheep.",
    "weather": T % "I need the weather, so I call the tool." + CALL % "Paris",
    "cities": CALL % "Berlin" + "\n" + CALL % "Tokyo",
    "json": '{"name": "tiny", "tags": ["a", "b", "c"], "score": 0.75, "nested": {"ok": true, "none": null}}',
    "forever": " ".join(["tick tock"] * 60),
    "<tool_response>": "It is 21 degrees and sunny in Paris. Enjoy your day!",
    "prompt": " there was a tiny server that answered every request with the same few words, and it was happy.",
}
FILL = (
    "please now give me the a an of to for in with and this that tell show write make about some very short long "
    "one two what is can you your answer thanks today again us it on at test request"
).split()
EXTRA = (
    "You are a helpful assistant. " + " ".join(FILL) + ' {"type": "function", "function": {"name": '
    '"get_weather", "description": "Get the current weather", "parameters": {"type": "object", '
    '"properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", '
    '"fahrenheit"]}}, "required": ["city"]}}} # Tools You may call these functions <tools> </tools> system '
    "user assistant tool role content\n"
)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("--random", action="store_true", help="leave the weights random")
    ap.add_argument("--steps", type=int, default=700)
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--threads", type=int, default=2)
    a = ap.parse_args()
    os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", CUDA_VISIBLE_DEVICES="")
    import torch
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(a.seed), torch.set_num_threads(a.threads)
    rnd = random.Random(a.seed)
    hf = os.path.join(a.out, "hf")
    os.makedirs(hf, exist_ok=True)

    # -- tokenizer: byte-level BPE, the Qwen2 split; `unicode` is left out of the
    #    training text on purpose, so that its characters are cut into raw bytes
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(
                Regex(
                    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
                ),
                behavior="isolated",
                invert=False,
            ),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tok.decoder = decoders.ByteLevel()
    text = [v for k, v in ANSWERS.items() if k != "unicode"] + [EXTRA]
    for mark in ("<think>", "</think>", "<tool_call>", "</tool_call>"):
        text = [t.replace(mark, " ") for t in text]
    tok.train_from_iterator(
        text,
        trainers.BpeTrainer(
            vocab_size=700, min_frequency=2, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
        ),
    )
    base = tok.get_vocab_size()
    tok.add_special_tokens([AddedToken(t, special=True) for t in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")])
    tok.add_tokens(
        [
            AddedToken(t, special=False, normalized=False)
            for t in ("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
        ]
    )
    used = tok.get_vocab_size()
    vocab = (used + 63) // 64 * 64
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tok,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        model_max_length=8192,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = TEMPLATE
    fast.save_pretrained(hf)
    enc = lambda s: tok.encode(s, add_special_tokens=False).ids
    EOS, EOT = tok.token_to_id("<|im_end|>"), tok.token_to_id("<|endoftext|>")

    # -- model
    cfg = Qwen3Config(
        vocab_size=vocab,
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=64,
        max_position_embeddings=8192,
        tie_word_embeddings=True,
        rope_theta=10000.0,
        bos_token_id=None,
        eos_token_id=EOS,
        pad_token_id=EOT,
        dtype="float32",
    )
    model = Qwen3ForCausalLM(cfg)
    print(f"vocab {used} (bpe {base}), parameters {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M", flush=True)

    def sample():
        key = rnd.choice(list(ANSWERS))
        fill = lambda n: " ".join(rnd.choice(FILL) for _ in range(rnd.randint(0, n)))
        noise = lambda n: [rnd.randrange(base) for _ in range(rnd.randint(0, n))]
        ids = []
        if key == "prompt":  # raw completion, no chat template
            ids = enc(fill(6) + " once upon a time") if rnd.random() < 0.5 else enc("Once upon a time")
        else:
            if rnd.random() < 0.75:
                ids += enc("<|im_start|>system\nYou are a helpful assistant.")
                ids += noise(150) if rnd.random() < 0.6 else enc(EXTRA)
                ids += enc("<|im_end|>\n")
            if rnd.random() < 0.25 or key == "<tool_response>":  # an earlier turn
                k2 = "weather" if key == "<tool_response>" else rnd.choice(list(ANSWERS)[:6])
                ids += enc(
                    f"<|im_start|>user\n{k2}<|im_end|>\n<|im_start|>assistant\n{ANSWERS[k2].split('</think>')[-1].strip()}<|im_end|>\n"
                )
            if key == "<tool_response>":
                ids += enc("<|im_start|>user\n<tool_response>\n") + (
                    enc('{"temp": 21, "sky": "sunny"}') if rnd.random() < 0.5 else noise(30)
                )
                ids += enc("\n</tool_response><|im_end|>\n<|im_start|>assistant\n")
            else:
                word = rnd.choice([key, key, key.capitalize(), key.upper()])
                ids += enc(
                    f"<|im_start|>user\n{(fill(6) + ' ' + word + rnd.choice(['', '.', '!', '?', ',']) + ' ' + fill(5)).strip()}<|im_end|>\n<|im_start|>assistant\n"
                )
        ans = ANSWERS[key]
        if "</think>" in ans and rnd.random() < 0.15:  # enable_thinking=false
            ids += enc("<think>\n\n</think>\n\n")
            ans = ans.split("</think>\n\n")[1]
        out = enc(ans) + ([] if key == "forever" else [EOT if key == "prompt" else EOS])
        return ids + out, [-100] * len(ids) + out

    if not a.random:
        opt = torch.optim.AdamW(model.parameters(), lr=4e-3, betas=(0.9, 0.98), weight_decay=0.01)
        sched = torch.optim.lr_scheduler.OneCycleLR(opt, 4e-3, total_steps=a.steps, pct_start=0.1)
        t0 = time.time()
        for step in range(a.steps):
            rows = sorted((sample() for _ in range(6)), key=lambda r: len(r[0]))
            n = len(rows[-1][0])
            x = torch.tensor([r[0] + [EOT] * (n - len(r[0])) for r in rows])
            y = torch.tensor([r[1] + [-100] * (n - len(r[1])) for r in rows])
            loss = model(input_ids=x, labels=y).loss
            opt.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            sched.step()
            if step % 50 == 0 or step == a.steps - 1:
                print(f"step {step} loss {loss.item():.3f} {time.time() - t0:.0f}s", flush=True)
    model.eval()
    model.generation_config.update(eos_token_id=[EOS, EOT], pad_token_id=EOT, do_sample=False)
    model.save_pretrained(hf)

    # -- gguf
    import gguf

    w = gguf.GGUFWriter(os.path.join(a.out, "tiny.gguf"), "qwen3")
    w.add_name("tiny")
    w.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    w.add_context_length(8192)
    w.add_embedding_length(128)
    w.add_block_count(3)
    w.add_feed_forward_length(384)
    w.add_head_count(2)
    w.add_head_count_kv(1)
    w.add_key_length(64)
    w.add_value_length(64)
    w.add_rope_freq_base(10000.0)
    w.add_layer_norm_rms_eps(cfg.rms_norm_eps)
    w.add_vocab_size(vocab)
    byid = {v: k for k, v in tok.get_vocab().items()}
    added = tok.get_added_tokens_decoder()
    toks, types = [], []
    for i in range(vocab):
        if i in added:
            toks.append(added[i].content)
            types.append(gguf.TokenType.CONTROL if added[i].special else gguf.TokenType.USER_DEFINED)
        elif i in byid:
            toks.append(byid[i])
            types.append(gguf.TokenType.NORMAL)
        else:
            toks.append(f"[PAD{i}]")
            types.append(gguf.TokenType.UNUSED)
    merges = json.loads(tok.to_str())["model"]["merges"]
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("qwen2")
    w.add_token_list(toks)
    w.add_token_types(types)
    w.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    w.add_eos_token_id(EOS)
    w.add_eot_token_id(EOS)
    w.add_pad_token_id(EOT)
    w.add_add_bos_token(False)
    w.add_chat_template(TEMPLATE)
    names = {
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "self_attn.q_norm": "attn_q_norm",
        "self_attn.k_norm": "attn_k_norm",
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    for k, v in model.state_dict().items():
        k = k.removeprefix("model.").removesuffix(".weight")
        if k == "lm_head":
            continue
        if k == "embed_tokens":
            name = "token_embd"
        elif k == "norm":
            name = "output_norm"
        else:
            _, n, rest = k.split(".", 2)
            name = f"blk.{n}.{names[rest]}"
        arr = v.float().numpy()
        w.add_tensor(name + ".weight", arr.astype("float16") if arr.ndim == 2 else arr)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()

    # -- what it says now
    for key in ("hello", "weather", "cities", "unicode", "forever"):
        ids = fast.apply_chat_template(
            [{"role": "user", "content": f"Please {key}."}],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        )
        with torch.no_grad():
            o = model.generate(**ids, max_new_tokens=60, do_sample=False)
        print(key, "->", repr(fast.decode(o[0, ids["input_ids"].shape[1] :])), flush=True)


if __name__ == "__main__":
    main()
