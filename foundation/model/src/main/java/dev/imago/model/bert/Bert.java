package dev.imago.model.bert;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import java.util.List;
import java.util.Map;

/// Reads BERT's and RoBERTa's files. Devlin et al. 2018, arXiv:1810.04805; Liu et al. 2019,
/// arXiv:1907.11692.
public final class Bert implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("bert", "roberta");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of(BertGguf.NAME);
  }

  @Override
  public ModelShape read(ConfigJson c) {
    c.expect("position_embedding_type", "absolute");
    c.expect("is_decoder", "false");
    c.expect("add_cross_attention", "false");
    c.expect("tie_word_embeddings", "true");
    boolean roberta = c.text("model_type", "").equals("roberta");
    int first = roberta ? 1 + c.whole("pad_token_id", 0, 1 << 20, 1) : 0;
    int positions = c.context("max_position_embeddings", 512);
    if (positions <= first) {
      throw new IllegalArgumentException(
          "max_position_embeddings = %d leaves no position: the first is pad_token_id + 1 = %d"
              .formatted(positions, first));
    }
    return new BertShape(
        roberta ? BertShape.Kind.ROBERTA : BertShape.Kind.BERT,
        c.vocabularySize("vocab_size"),
        c.width("hidden_size"),
        c.layers("num_hidden_layers"),
        c.heads("num_attention_heads"),
        c.feedForward("intermediate_size"),
        positions - first,
        first,
        c.whole("type_vocab_size", 1, 1024, 2),
        c.nonlinearity("hidden_act", Nonlinearity.GELU),
        c.epsilon("layer_norm_eps", 1e-12),
        c.output(new Output.MaskedToken()),
        dropout(c));
  }

  @Override
  public ModelShape read(GgufFields fields, Map<String, HostTensor> tensors) {
    return BertGguf.read(fields, tensors);
  }

  private static Dropout dropout(ConfigJson c) {
    float hidden = Dropout.read(c, "hidden_dropout_prob", 0.1);
    float attention = Dropout.read(c, "attention_probs_dropout_prob", 0.1);
    return new Dropout(hidden, attention, hidden, Dropout.readHead(c, hidden), false);
  }

  /// Width 32 · depth, heads of 32 (of 64 from depth 12 on), feed-forward 4 · width.
  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
    int width = 32 * depth;
    return new BertShape(
        BertShape.Kind.BERT,
        vocabularySize,
        width,
        depth,
        Math.max(1, width / (depth >= 12 ? 64 : 32)),
        4 * width,
        context,
        0,
        2,
        Nonlinearity.GELU,
        1e-12f,
        new Output.MaskedToken(),
        Dropout.NONE);
  }
}
