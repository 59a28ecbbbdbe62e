"""ONNX Runtime's and transformers' rows of texts, for dev.imago.cli.EncodersConformanceTest.

  python encoders.py GRAPH.onnx FOLDER IDS.json OUT.json   of each list of ids in IDS.json the first row and the mean of all, by the graph in ONNX Runtime, and by
                                                           the Hugging Face folder in transformers: {"graph": [[first, mean] …], "folder": [[first, mean] …]}
"""
import json
import sys

sys.path.pop(0)  # the folder holds a tokenizers.py of its own


def main(graph, folder, ids, out):
    import numpy as np
    import onnxruntime
    import torch
    from transformers import AutoModel

    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    model = AutoModel.from_pretrained(folder).eval()
    answers = {"graph": [], "folder": []}
    with open(ids, encoding="utf-8") as file:
        texts = json.load(file)
    for text in texts:
        row = np.array([text], dtype=np.int64)
        given = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        rows = session.run(["last_hidden_state"], given)[0][0]
        answers["graph"].append([rows[0].tolist(), rows.mean(axis=0).tolist()])
        with torch.no_grad():
            rows = model(input_ids=torch.from_numpy(row)).last_hidden_state[0].numpy()
        answers["folder"].append([rows[0].tolist(), rows.mean(axis=0).tolist()])
    with open(out, "w", encoding="utf-8") as file:
        json.dump(answers, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
