package dev.imago.model;

import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;

/// The shape of one model: all that its files say beside its numbers. A record; two equal ones are
/// the same model but for weights.
public interface ModelShape {
  /// As `config.json` names it.
  String architecture();

  /// V, rows of the embedding.
  int vocabularySize();

  /// D.
  int width();

  /// Blocks; of an encoder and decoder those of the decoder.
  int layers();

  /// All blocks, an encoder's too: what a training step keeps grows with them.
  default int blocks() {
    return layers();
  }

  /// Numbers of the state that goes on from token to token, of all layers; 0 where the model reads
  /// its tokens anew.
  default int stateWidth() {
    return 0;
  }

  /// Numbers of the keys that a token leaves in each layer's cache, and of the values as many; 0
  /// where no layer keeps any.
  default int keyWidth() {
    return 0;
  }

  /// Whether texts of one row can be kept from seeing each other: where attention alone looks from
  /// token to token.
  default boolean keepsTextsApart() {
    return stateWidth() == 0;
  }

  /// Numbers of one head of [#keyWidth]; 0 where there is none.
  default int keyHeadWidth() {
    return 0;
  }

  /// Heads of a block's attention; 0 where it has none.
  default int heads() {
    return 0;
  }

  /// The longest sequence, in tokens.
  int context();

  /// What its last layer tells.
  Output output();

  /// The id that an answer begins with, where a prompt is the source of an encoder and not the
  /// beginning of the text.
  default OptionalInt decoderStart() {
    return OptionalInt.empty();
  }

  /// Whether transformers reads the embedding by further modules than the one that files name, so
  /// that what PEFT puts on that one is not read.
  default boolean embedsElsewhere() {
    return false;
  }

  /// Whether its blocks are one stack, each reading what the one before it gives.
  default boolean oneStack() {
    return true;
  }

  /// Whether what it tells of a text is told at the token that ends it, so that a tokenizer has to
  /// set one.
  default boolean toldAtEnd() {
    return false;
  }

  /// What is 0 by chance in training.
  Dropout dropout();

  /// This model with other rates of dropout, as far as it has the places.
  ModelShape withDropout(Dropout dropout);

  /// This model with answers that begin with another id, and are filled up with it.
  default ModelShape withDecoderStart(int id) {
    return this;
  }

  /// This body with another last layer, such as a classifier on a pre-trained model.
  ///
  /// @throws IllegalArgumentException where the architecture has no such layer
  ModelShape withOutput(Output output);

  /// The one table: every tensor of the model, in the order of the layers.
  List<Parameter> parameters();

  /// The forward pass on these weights.
  <W> Model<W> model(WeightSource<W> source);

  /// The shape in words: «4 layers, width 128, …».
  String description();

  /// A `config.json` that transformers loads, where it has the architecture, for weights in F32.
  String configJson(Specials specials);

  /// GGUF's keys that describe the model; the tokenizer's come beside them.
  ///
  /// @param type of most matrices
  /// @throws IllegalArgumentException where GGUF has no such architecture
  SequencedMap<String, GgufValue> gguf(String name, DataType type);

  /// Tensors of a GGUF file that are no weights but follow from the shape.
  default SequencedMap<String, HostTensor> ggufConstants() {
    return new java.util.LinkedHashMap<>();
  }

  /// Whether a file may hold this tensor without the model having a use for it: a buffer that
  /// follows from the shape.
  default boolean ignores(String name, Form form) {
    return false;
  }

  /// A file's tensors, those taken apart that it stacks and the table does not.
  default Map<String, HostTensor> unpacked(Form form, Map<String, HostTensor> tensors) {
    return tensors;
  }

  /// Other names of a tensor in Hugging Face files, as of a body that was saved without its head.
  default List<String> aliases(String name) {
    return List.of();
  }

  /// What a tensor is called in Hugging Face files that are written: its name in the table, where
  /// transformers' class of this output has no other.
  default String writtenName(String name) {
    return name;
  }

  /// The tensors of a file of this form: name → shape, in the order of the table.
  default SequencedMap<String, long[]> storedShapes(Form form) {
    var to = new java.util.LinkedHashMap<String, long[]>();
    for (Parameter p : parameters()) {
      if (!p.tied()) {
        String name = p.storedName(form);
        to.put(form == Form.HUGGING_FACE ? writtenName(name) : name, p.storedShape(form));
      }
    }
    return to;
  }

  /// Refuses a tokenizer that belongs to another model. Embeddings have rows to spare, for speed or
  /// for later; special ids of a tokenizer may lie beyond them, as an image's in a model of text.
  ///
  /// @param text one more than the highest id that plain text becomes
  /// @param all one more than the highest id
  /// @throws IllegalArgumentException for a tokenizer of another size
  default void checkTokenizer(int text, int all) {
    if (text > vocabularySize()) {
      throw new IllegalArgumentException(
          "the tokenizer makes ids up to %,d of text, and the embedding has %,d rows (vocab_size): it belongs to another model; take the one that came with this"
              .formatted(text - 1, vocabularySize()));
    }
    if (2L * all < vocabularySize()) {
      throw new IllegalArgumentException(
          "the tokenizer has %,d ids, and the embedding %,d rows (vocab_size): it belongs to another model; take the one that came with this"
              .formatted(all, vocabularySize()));
    }
  }

  /// Trainable numbers.
  default long parameterCount() {
    return parameters().stream().filter(p -> !p.tied()).mapToLong(Parameter::size).sum();
  }
}
