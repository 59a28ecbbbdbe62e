package dev.imago.model;

import tools.jackson.databind.node.ObjectNode;

/// What share of a model's numbers is 0 by chance in training, by place. A model has those that its
/// `config.json` has a field for; the others are 0.
///
/// @param embedding of what the blocks read
/// @param attention of the weights that values are summed by
/// @param residual of what attention and feed-forward add, or a layer of an earlier model gives
/// @param head of what a classifier reads
/// @param locked whether all tokens of a sequence lose the same columns, in recurrent models
public record Dropout(
    float embedding, float attention, float residual, float head, boolean locked) {
  public static final Dropout NONE = new Dropout(0, 0, 0, 0, false);

  private static final double MOST = 0.95;
  private static final String HEAD = "classifier_dropout";

  public Dropout {
    for (float rate : new float[] {embedding, attention, residual, head}) {
      if (!(rate >= 0 && rate <= (float) MOST)) {
        throw new IllegalArgumentException(
            "dropout = %s is not from 0 to %s; 0.1 is usual".formatted(rate, MOST));
      }
    }
  }

  /// The same everywhere.
  public static Dropout of(float rate) {
    return new Dropout(rate, rate, rate, rate, false);
  }

  /// The rate in a field of `config.json`.
  ///
  /// @param otherwise transformers' own, where the field is missing
  public static float read(ConfigJson c, String field, double otherwise) {
    return c.real(field, 0, MOST, otherwise);
  }

  /// The rate before a classifier.
  public static float readHead(ConfigJson c, double otherwise) {
    return read(c, HEAD, otherwise);
  }

  /// Writes a rate.
  public static void write(ObjectNode c, String field, float rate) {
    c.put(field, ConfigJson.shortest(rate));
  }

  /// Writes the rate of an earlier model's layers, where it has one.
  public void writeLayers(ObjectNode c) {
    if (residual > 0) {
      write(c, "dropout", residual);
    }
    if (locked) {
      c.put("variational_dropout", true);
    }
  }

  /// Writes the rate before a classifier, where it is not what the field's absence says.
  public void writeHead(ObjectNode c, float otherwise) {
    if (head != otherwise) {
      write(c, HEAD, head);
    }
  }

  public Dropout withoutEmbedding() {
    return new Dropout(0, attention, residual, head, locked);
  }

  /// That of an earlier model, which has one rate for embedding and layers.
  ///
  /// @param alike whether all tokens of a sequence lose the same columns
  public Dropout ofLayers(boolean alike) {
    return new Dropout(residual, 0, residual, 0, alike);
  }

  /// Of embedding, attention, residual, and what tells tags or heads: a model's with such layers.
  public Dropout of(Output output) {
    boolean drops = output instanceof Output.Tags || output instanceof Output.Dependencies;
    return new Dropout(embedding, attention, residual, drops ? head : 0, false);
  }

  /// That of attention alone, and of what tells tags or heads.
  public Dropout inAttention(Output output) {
    return new Dropout(0, attention, 0, 0, false).withHead(of(output).head);
  }

  /// With another rate in attention.
  public Dropout withAttention(float other) {
    return new Dropout(embedding, other, residual, head, locked);
  }

  /// With another rate before what tells labels.
  public Dropout withHead(float other) {
    return new Dropout(embedding, attention, residual, other, locked);
  }
}
