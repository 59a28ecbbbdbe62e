package dev.imago.tune;

import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.tasks.Tasks;
import dev.imago.tokenizers.EncodeOptions;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.processors.SpecialToken;
import dev.imago.tokenizers.processors.TemplateProcessing;
import dev.imago.training.TokenizerFolder;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an encoder and a decoder need to tell labels of a text: all of their blocks, and an end
/// behind each text, where classes are told.
final class LabelledSource {
  private static final String FOLDER = "ends";
  private static final String PROCESSOR = "post_processor";
  private static final JsonMapper JSON = JsonMapper.shared();

  private LabelledSource() {}

  /// The inputs with a tokenizer that sets the end, where it has to and does not.
  ///
  /// @throws InputException where the base lacks blocks, as a T5 of tags has no decoder
  static Tune.Inputs in(Tune.Inputs inputs, Run run) {
    Weights base = inputs.base();
    ModelShape shape = BaseModel.shape(base);
    List<Output> outputs =
        Stream.concat(Stream.of(inputs.labels()), inputs.others().stream())
            .map(labels -> Tasks.read(labels.folder()).output())
            .toList();
    List<ModelShape> fit = outputs.stream().flatMap(output -> fitted(shape, output)).toList();
    fit.forEach(own -> checkBlocks(base, shape, own));
    int end = BaseModel.endOfText(base);
    boolean answers = outputs.stream().anyMatch(o -> o instanceof Output.NextToken);
    if (end < 0 || answers || fit.stream().noneMatch(ModelShape::toldAtEnd)) {
      return inputs;
    }
    Tokenizer tokenizer = BaseModel.tokenizer(inputs);
    int[] read = tokenizer.encoding("a", EncodeOptions.ORDINARY.withAddedSpecialTokens(true)).ids();
    if (read.length > 0 && read[read.length - 1] == end) {
      return inputs;
    }
    String token = tokenizer.token(end);
    if (read.length != tokenizer.encodeOrdinary("a").length) {
      run.note(
          "the tokenizer sets no «%s» behind a text: transformers, which tells classes there, will refuse the model"
              .formatted(token));
      return inputs;
    }
    run.note("«%s» is set behind each text, where classes are told".formatted(token));
    Path to = run.scratch().resolve(FOLDER);
    TokenizerFolder.edit(BaseModel.words(inputs), to, words -> ends(words, token, end), said -> {});
    return inputs.with(
        new Vocabulary(inputs.vocabulary().map(Vocabulary::ref).orElse(base.ref()), to));
  }

  /// Nothing where it has no such layer: that is refused where the model is read.
  private static Stream<ModelShape> fitted(ModelShape shape, Output output) {
    try {
      return Stream.of(shape.output().equals(output) ? shape : shape.withOutput(output));
    } catch (IllegalArgumentException e) {
      return Stream.empty();
    }
  }

  /// They would begin from nothing in the midst of a model that has learned.
  private static void checkBlocks(Weights base, ModelShape has, ModelShape needs) {
    Set<String> there = has.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
    needs.parameters().stream()
        .filter(p -> p.block() >= 0 && !there.contains(p.name()))
        .findFirst()
        .ifPresent(
            p -> {
              throw new InputException(
                  "%s tells %s and has no «%s», which a model of %s needs; take the one that it was tuned from"
                      .formatted(
                          base.ref(), has.output().words(), p.name(), needs.output().words()));
            });
  }

  /// Behind what a tokenizer does already, such as to trim what is told of places.
  private static void ends(ObjectNode words, String token, int id) {
    JsonNode first = words.path(PROCESSOR);
    var end = TemplateProcessing.around(null, new SpecialToken(token, id));
    var template = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(template)) {
      end.write(out);
    }
    JsonNode written = JSON.readTree(template.toString());
    if (first.isObject()) {
      ObjectNode both = words.putObject(PROCESSOR).put("type", "Sequence");
      both.putArray("processors").add(first).add(written);
    } else {
      words.set(PROCESSOR, written);
    }
  }
}
