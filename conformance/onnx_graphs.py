"""What ONNX Runtime gives for graphs, for dev.imago.training.OnnxForwardTest.

  python onnx_graphs.py   for each line GRAPH.onnx, INPUTS.json, OUTPUTS.json between tabs, writes the outputs and says "done"; inputs and outputs by
                          name: {"input_ids": {"shape": [2, 12], "data": […]}, …}
"""
import json
import sys

sys.path.pop(0)  # the folder holds a tokenizers.py of its own


def answer(graph, given, out):
    import numpy as np
    import onnxruntime

    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    types = {"tensor(int64)": np.int64, "tensor(float)": np.float32}
    with open(given, encoding="utf-8") as file:
        inputs = json.load(file)
    asked = {i.name: np.array(inputs[i.name]["data"], dtype=types[i.type]).reshape(inputs[i.name]["shape"]) for i in session.get_inputs()}
    names = [o.name for o in session.get_outputs()]
    with open(out, "w", encoding="utf-8") as file:
        json.dump({n: {"shape": list(v.shape), "data": v.astype(np.float64).ravel().tolist()} for n, v in zip(names, session.run(names, asked))}, file)


if __name__ == "__main__":
    for line in sys.stdin:
        answer(*line.rstrip("\n").split("\t"))
        print("done", flush=True)
