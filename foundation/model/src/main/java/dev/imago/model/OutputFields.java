package dev.imago.model;

import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of a `config.json` that tell the last layer, as transformers has them, and ours
/// beside them.
record OutputFields(ConfigJson config, JsonNode node) {
  private static final String POOLING = "pooling";
  private static final String PROBLEM = "problem_type";

  /// A field of ours: whether tags are told by a CRF, whose numbers stand beside the last layer's.
  private static final String CHAINED = "crf";

  /// Fields of ours: how many numbers a parser makes of a word for arcs, and for relations.
  private static final String ARC = "arc_size";

  private static final String RELATION = "relation_size";

  /// A field of ours: the names of ranks, which are one more than their scores.
  private static final String RANKS = "ranks";

  /// The last layer, as `architectures` names it.
  ///
  /// @param otherwise where nothing is named
  Output read(Output otherwise) {
    config.note(POOLING);
    String name = node.path("architectures").path(0).asString("");
    if (name.endsWith("ForSequenceClassification")) {
      return classes();
    }
    if (name.endsWith("ForTokenClassification")) {
      return new Output.Tags(labels(), config.truth(CHAINED, false));
    }
    if (name.endsWith("ForDependencyParsing")) {
      return new Output.Dependencies(
          labels(), config.whole(ARC, 1, 1 << 14), config.whole(RELATION, 1, 1 << 14));
    }
    if (name.endsWith("ForQuestionAnswering")) {
      return new Output.Span();
    }
    if (name.matches("[A-Z][A-Za-z0-9]*[a-z0-9]Model") && !name.endsWith("LMHeadModel")
        || name.equals("GPT2Model")) {
      return new Output.Embedding(pooling());
    }
    if (name.endsWith("ForMaskedLM")) {
      return new Output.MaskedToken();
    }
    if (name.endsWith("ForCausalLM")
        || name.endsWith("LMHeadModel")
        || name.endsWith("ForPreTraining")
        || name.endsWith("ForConditionalGeneration")
        || name.isEmpty()) {
      return otherwise;
    }
    throw new IllegalArgumentException(
        "architectures = %s is not supported; language models, ForSequenceClassification, ForTokenClassification, ForQuestionAnswering and bare models are"
            .formatted(ConfigJson.shortened(name)));
  }

  /// What `problem_type` says; where it says nothing, one score is a number, as transformers takes
  /// it, and several are classes.
  private Output.Classes classes() {
    List<String> labels = labels();
    List<String> ranks = config.texts(RANKS);
    String type = config.text(PROBLEM, "");
    if (!ranks.isEmpty()) {
      if (ranks.size() != labels.size() + 1 || !type.equals(Output.Problem.RANK.type())) {
        throw new IllegalArgumentException(
            "ranks = %d with id2label = %d and problem_type = %s: ranks are one more than their scores, of %s"
                .formatted(ranks.size(), labels.size(), type, Output.Problem.RANK.type()));
      }
      return new Output.Classes(ranks, Output.Problem.RANK);
    }
    if (type.isEmpty()) {
      return new Output.Classes(
          labels, labels.size() == 1 ? Output.Problem.NUMBER : Output.Problem.ONE);
    }
    for (Output.Problem problem : Output.Problem.values()) {
      if (problem.type().equals(type)) {
        return new Output.Classes(labels, problem);
      }
    }
    throw new IllegalArgumentException(
        "%s = %s is not supported; single_label_classification, multi_label_classification and regression are"
            .formatted(config.shown(PROBLEM), type));
  }

  /// The names of an output's scores, in the order of their ids.
  private static List<String> scoreNames(Output output) {
    return output instanceof Output.Classes(List<String> ranks, Output.Problem problem)
            && problem == Output.Problem.RANK
        ? ranks.subList(0, ranks.size() - 1).stream().map(rank -> "> " + rank).toList()
        : output.names();
  }

  /// A field of ours: which rows stand for a sequence. transformers leaves it to who calls it.
  private Operations.Pooling pooling() {
    String name = config.text(POOLING, "mean");
    return switch (name) {
      case "first", "cls" -> Operations.Pooling.FIRST;
      case "last" -> Operations.Pooling.LAST;
      case "mean" -> Operations.Pooling.MEAN;
      default ->
          throw new IllegalArgumentException(
              "%s = %s is not supported; first, last and mean are"
                  .formatted(config.shown(POOLING), name));
    };
  }

  /// Of `id2label`, in the order of their ids; `LABEL_0` and on where there are only so many.
  private List<String> labels() {
    JsonNode names = node.path("id2label");
    int count = names.isObject() ? names.size() : config.whole("num_labels", 1, 1 << 20, 2);
    var labels = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      labels.add(names.path(String.valueOf(i)).asString("LABEL_" + i));
    }
    return labels;
  }

  /// Writes what [#read] reads, but for the model's class.
  static void write(ObjectNode c, Output output) {
    switch (output) {
      case Output.Embedding(Operations.Pooling pooling) ->
          c.put(POOLING, pooling.name().toLowerCase(Locale.ROOT));
      case Output.Tags(_, boolean chained) -> {
        if (chained) {
          c.put(CHAINED, true);
        }
      }
      case Output.Classes(List<String> names, Output.Problem problem) -> {
        c.put(PROBLEM, problem.type());
        if (problem == Output.Problem.RANK) {
          names.forEach(c.putArray(RANKS)::add);
        }
      }
      case Output.Dependencies(_, int arc, int relation) -> {
        c.put(ARC, arc);
        c.put(RELATION, relation);
      }
      case Output.NextToken _, Output.MaskedToken _, Output.Span _ -> {}
    }
    List<String> labels = scoreNames(output);
    if (!labels.isEmpty()) {
      ObjectNode names = c.putObject("id2label");
      ObjectNode ids = c.putObject("label2id");
      for (int i = 0; i < labels.size(); i++) {
        names.put(String.valueOf(i), labels.get(i));
        ids.put(labels.get(i), i);
      }
    }
  }
}
