#!/usr/bin/env bash
# What training on a GPU of NVIDIA's gives beside the processors, on a machine that has one, in under five minutes: conformance/gpu.sh [IMAGO=./imago]
# IMAGO is built with -Dnatives.torch=linux-x86_64-gpu, CUDA's libraries are the system's. One line a check; the last says whether all were well.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
imago=$(realpath "${1:-$root/imago}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# DEVICE=cpu tries this script itself, in small.
device=${DEVICE:-cuda} few=81920
sources="\"$root/docs\", \"$root/chain\", \"$root/foundation\"" small=()
if [ "$device" = cpu ]; then
  few=3840 sources="\"$root/docs/decisions\"" small=(vocabulary.vocabularySize=320 pretrain.context=16 pretrain.batch=4 pretrain.tokens=25600)
fi
well=1
tell() { echo "$1: $2"; [ "$2" != wrong ] || well=0; }

cat > "$work/gpu.yaml" <<END
name: gpu
seed: 42
stages:
  collect:
    sources: [$sources]
  prepare:
    heldoutFraction: 0.05
  vocabulary:
    vocabularySize: 4096
  encode:
  pretrain:
    depth: 4
    context: 256
    batch: 16
    tokens: 819200
    precision: f32
    evaluateEvery: 50
END
run() { "$imago" --workspace "$work/$1" run "$work/gpu.yaml" ${small[@]+"${small[@]}"} "${@:2}" > "$work/$1.out" 2> "$work/$1.err" || { echo "$1 failed:"; tail -n 5 "$work/$1.err"; return 1; }; }
# The text is made once; each check has its copy of what was made of it.
copy() { rm -rf "${work:?}/$1"; cp -a "$work/text" "$work/$1"; rm -rf "$work/$1/runs"; }
metrics() { cat "$work/$1"/runs/*-pretrain/metrics.jsonl; }
field() { metrics "$1" | sed -n "s/.*\"$2\":\([-0-9.eE]*\).*/\1/p"; }
# The largest relative difference of two runs' losses over their common steps.
apart() {
  paste <(field "$1" loss) <(field "$2" loss) |
    awk '$1 != "" && $2 != "" { d = ($1 - $2) / $2; if (d < 0) d = -d; if (d > most) most = d; n++ } END { if (n < 1) exit 1; printf "%.2g", most }'
}
within() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'; }
weights() { (cd "$work/$1/artifacts/weights" && sha256sum */model.safetensors | cut -d' ' -f1 | sort); }

"$imago" doctor | grep -E 'libtorch|device' || true
[ "$device" != cuda ] || "$imago" doctor | grep -q 'cuda:0' || { echo "libtorch sees no cuda:0: a build with -Dnatives.torch=linux-x86_64-gpu, CUDA's libraries and a GPU are needed"; exit 1; }

run text pretrain.device=cpu pretrain.tokens=$few
copy cpu; copy gpu; copy again; copy killed; copy fast
run cpu pretrain.device=cpu pretrain.tokens=$few pretrain.learningRate=0.0011
run gpu pretrain.device="$device" pretrain.tokens=$few pretrain.learningRate=0.0011
most=$(apart cpu gpu)
tell "losses over $few tokens, GPU and processors, apart by $most of themselves (at most 1e-3)" "$(within "$most" 1e-3 && echo well || echo wrong)"

run again pretrain.device="$device"
"$imago" --workspace "$work/killed" run "$work/gpu.yaml" ${small[@]+"${small[@]}"} pretrain.device="$device" > "$work/killed.out" 2>&1 & pid=$!
for _ in $(seq 600); do field killed step 2>/dev/null | grep -q '^60$' && break; sleep 0.1; done
kill -TERM "$pid" 2>/dev/null || true
wait "$pid" || true
run killed pretrain.device="$device"
tell "a run that SIGTERM ended and the same command went on with, beside one in one piece: the same bits" "$([ "$(weights again)" = "$(weights killed)" ] && echo well || echo wrong)"

run fast pretrain.device="$device" pretrain.precision=bf16 pretrain.depth=8 pretrain.batch=32
cpu=$(field cpu tokensPerSecond | sort -n | tail -n 1)
tell "tokens a second: $cpu on the processors (depth 4, F32), $(field again tokensPerSecond | sort -n | tail -n 1) on the GPU, $(field fast tokensPerSecond | sort -n | tail -n 1) there at depth 8 in BF16" well

if "$imago" doctor | grep -q 'cuda:1'; then
  copy two
  "$imago" launch --processes 2 -- --workspace "$work/two" run "$work/gpu.yaml" pretrain.device="$device" > "$work/two.out" 2>&1
  most=$(apart again two)
  tell "losses of two GPUs that share the batch, and of one, apart by $most (at most 1e-3)" "$(within "$most" 1e-3 && echo well || echo wrong)"
else
  echo "two GPUs as one: not run, there is one"
fi
[ "$well" = 1 ] && echo "gpu: all well" || { echo "gpu: something is wrong"; exit 1; }
