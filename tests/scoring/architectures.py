"""Tiny configurations of the causal architectures of transformers, by how they are read."""

WINDOW = 160  # tokens

NARROW = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": WINDOW,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": 0,
}
GPT2_LIKE = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": WINDOW}
WIDE_HEADS = {"head_dim": 8}
EXPERTS = {
    "num_experts": 4,
    "num_local_experts": 4,
    "n_routed_experts": 4,
    "n_shared_experts": 1,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 32,
    "shared_expert_intermediate_size": 32,
    "first_k_dense_replace": 1,
    "n_group": 1,
    "topk_group": 1,
}
LATENT = {  # attention through a narrow latent, as DeepSeek has it
    "q_lora_rank": 16,
    "kv_lora_rank": 16,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 8,
    "v_head_dim": 8,
    "num_key_value_heads": 4,
}
STATE_SPACE = {"state_size": 4, "expand": 2, "conv_kernel": 4, "time_step_rank": 4}
MAMBA_HEADS = {
    "mamba_d_state": 4,
    "mamba_n_heads": 8,
    "mamba_d_head": 8,
    "mamba_chunk_size": 16,
}

PACKED = {
    "llama": {},
    "qwen2": {},
    "qwen3": WIDE_HEADS,
    "mistral": {"sliding_window": WINDOW // 2},
    "gemma": WIDE_HEADS,
    "gemma2": WIDE_HEADS | {"query_pre_attn_scalar": 8, "sliding_window": WINDOW // 2},
    "gemma3_text": WIDE_HEADS | {"query_pre_attn_scalar": 8, "sliding_window": WINDOW // 2},
    "granite": {},
    "granitemoe": EXPERTS,
    "phi": {"partial_rotary_factor": 0.5},
    "phi3": {},
    "gpt_neox": {},
    "gpt_bigcode": GPT2_LIKE,
    "gpt2": GPT2_LIKE,
    "ctrl": GPT2_LIKE | {"dff": 64},
    "opt": {"ffn_dim": 64, "word_embed_proj_dim": 16, "pad_token_id": 1},
    "olmo2": {},
    "olmo3": {"sliding_window": WINDOW // 2},
    "olmoe": EXPERTS,
    "cohere": {},
    "cohere2": {"sliding_window": WINDOW // 2, "sliding_window_pattern": 2},
    "starcoder2": {},
    "persimmon": {},
    "glm4": WIDE_HEADS,
    "smollm3": {},
    "ernie4_5": {},
    "exaone4": {},
    "helium": WIDE_HEADS,
    "mixtral": EXPERTS,
    "qwen3_moe": EXPERTS,
    "gpt_oss": EXPERTS | WIDE_HEADS | {"sliding_window": WINDOW // 2},
    "deepseek_v3": EXPERTS | LATENT,
    "biogpt": {"pad_token_id": 1},
    "modernbert-decoder": {"local_attention": WINDOW, "global_attn_every_n_layers": 2},
}
UNPACKED = {
    "falcon": {},
    "falcon with ALiBi": {"alibi": True},
    "falcon of two groups": {"new_decoder_architecture": True, "num_kv_heads": 2},
    "bloom": {"n_head": 4},
    "mpt": {"d_model": 32, "n_heads": 4, "n_layers": 2, "max_seq_len": WINDOW},
    "gptj": GPT2_LIKE | {"rotary_dim": 4},
    "codegen": GPT2_LIKE | {"rotary_dim": 4},
    "gpt_neo": {
        "num_heads": 4,
        "num_layers": 2,
        "attention_types": [[["global", "local"], 1]],
        "window_size": 20,
    },
    "gpt_neox_japanese": {},
    "openai-gpt": GPT2_LIKE,
    "stablelm": {},
    "nemotron": WIDE_HEADS,
    "diffllama": {},
    "xglm": {
        "d_model": 32,
        "ffn_dim": 64,
        "num_layers": 2,
        "attention_heads": 4,
        "pad_token_id": 1,
    },
    "mamba": STATE_SPACE,
    "mamba2": {"state_size": 4, "head_dim": 8, "num_heads": 8, "n_groups": 1, "chunk_size": 16},
    "falcon_mamba": STATE_SPACE,
    "jamba": {
        "mamba_d_state": 4,
        "mamba_dt_rank": 4,
        "num_experts": 2,
        "use_mamba_kernels": False,
        "attn_layer_period": 2,
        "attn_layer_offset": 1,
    },
    "bamba": MAMBA_HEADS | {"attn_layer_indices": [1]},
    "falcon_h1": MAMBA_HEADS | WIDE_HEADS | {"mamba_d_ssm": 64},
    "recurrent_gemma": WIDE_HEADS
    | {
        "lru_width": 32,
        "attention_window_size": 40,
        "block_types": ["recurrent", "attention"],
    },
    "rwkv": {"attention_hidden_size": 32, "context_length": WINDOW},
    "lfm2": {"block_multiple_of": 16, "full_attn_idxs": [1]},
    "qwen3_next": EXPERTS
    | WIDE_HEADS
    | {
        "linear_num_key_heads": 2,
        "linear_num_value_heads": 4,
        "linear_key_head_dim": 8,
        "linear_value_head_dim": 8,
        "layer_types": ["linear_attention", "full_attention"],
    },
    "minimax": EXPERTS | WIDE_HEADS | {"block_size": 16},
    "llama4_text": EXPERTS
    | WIDE_HEADS
    | {"intermediate_size_mlp": 64, "attention_chunk_size": WINDOW // 4},
    "xlstm": {"num_heads": 4, "num_blocks": 2},
}
# the configuration tells of nearly all unpacked ones before a weight is read; of these it does not
UNFORESEEN = {"diffllama"}


def tiny_configuration(name, vocabulary):
    """The configuration of an architecture of the tables above, for so many tokens."""
    import transformers

    options = {**NARROW, **{**PACKED, **UNPACKED}[name]}
    return transformers.AutoConfig.for_model(name.split()[0], vocab_size=vocabulary, **options)


def random_network(config):
    """A network of a configuration whose answers depend on all that it reads."""
    import torch
    import transformers

    torch.manual_seed(0)
    network = transformers.AutoModelForCausalLM.from_config(config).float().eval()
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if weight.dim() > 1 and not name.endswith("A_log"):
                weight.normal_(0.0, 0.2)
    return network
