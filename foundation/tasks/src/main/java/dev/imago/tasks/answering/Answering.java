package dev.imago.tasks.answering;

import dev.imago.core.InputException;
import dev.imago.data.Example;
import dev.imago.data.ExamplePrompt;
import dev.imago.data.Examples;
import dev.imago.data.Split;
import dev.imago.model.Output;
import dev.imago.tasks.Encoded;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Task;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Answering prompts and conversations in a chat template; learned on the answers alone. Measured
/// by ROUGE-L and chrF.
public final class Answering implements Task {
  public static final String NAME = "answer";

  /// The token that ends a turn in the chat template.
  private static final String END_OF_TURN = "<|im_end|>";

  private static final Words WORDS =
      new Words(
          "pairs",
          "answers",
          "token",
          "give more documents (documented Java, or prose with several sentences in a paragraph),"
              + " or widen annotate.minWords … annotate.maxWords");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String pipelineTag() {
    return "text-generation";
  }

  @Override
  public Output output() {
    return new Output.NextToken();
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public String hint(Path labels) {
    return ExamplePrompt.ofPairs(labels);
  }

  @Override
  public Encoder encoder(Path folder) {
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    ChatTemplate template = ChatTemplate.load(folder.resolve("tokenizer_config.json"));
    int stop =
        tokenizer
            .id(END_OF_TURN)
            .orElseThrow(
                () ->
                    new InputException("the vocabulary lacks " + END_OF_TURN + "; train it again"));
    return new Encoder() {
      @Override
      public Encoded encode(Path labels, Split split, int longest) {
        return all(new ChatEncoding(template, tokenizer, stop, longest), labels, split);
      }

      @Override
      public List<Integer> stops() {
        return List.of(stop);
      }
    };
  }

  /// Encodes of each example the answer that was chosen and the one that was rejected, one after
  /// the other, on the last answer alone; an example of which either is too long is left out.
  ///
  /// @param folder with the tokenizer's files
  public static Encoder pairs(Path folder) {
    Encoder answers = new Answering().encoder(folder);
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    ChatTemplate template = ChatTemplate.load(folder.resolve("tokenizer_config.json"));
    return new Encoder() {
      @Override
      public Encoded encode(Path labels, Split split, int longest) {
        int stop = answers.stops().getFirst();
        return both(new ChatEncoding(template, tokenizer, stop, longest), labels, split);
      }

      @Override
      public List<Integer> stops() {
        return answers.stops();
      }
    };
  }

  private static Encoded both(ChatEncoding encoding, Path labels, Split split) {
    List<Example> examples = Examples.read(labels, split);
    var sequences = new ArrayList<Sequence>();
    int none = 0;
    for (Example example : examples) {
      Sequence chosen = encoding.last(example);
      Sequence rejected = encoding.last(example.worse());
      if (chosen == null || rejected == null) {
        none++;
      } else {
        sequences.addAll(List.of(chosen, rejected));
      }
    }
    return new Encoded(
        sequences,
        examples.size(),
        none == 0
            ? List.of()
            : List.of(
                "%s: %,d of %,d pairs of answers have one that is empty or longer than %d tokens and are left out; a larger pretrain.context and tune.longest keep more"
                    .formatted(split.fileName(), none, examples.size(), encoding.longest())));
  }

  private static Encoded all(ChatEncoding encoding, Path labels, Split split) {
    List<Example> examples = Examples.read(labels, split);
    var sequences = new ArrayList<Sequence>();
    int none = 0;
    int cut = 0;
    for (Example example : examples) {
      ChatEncoding.Encoded encoded = encoding.encode(example);
      sequences.addAll(encoded.sequences());
      none += encoded.answers() == 0 ? 1 : 0;
      cut += encoded.answers() > 0 && encoded.leftOut() > 0 ? 1 : 0;
    }
    var notes = new ArrayList<String>();
    if (none > 0) {
      notes.add(
          "%s: %,d of %,d pairs are longer than %d tokens and left out; a larger pretrain.context and tune.longest keep more"
              .formatted(split.fileName(), none, examples.size(), encoding.longest()));
    }
    if (cut > 0) {
      notes.add(
          "%s: %,d of %,d conversations are longer than %d tokens and end after the last answer that fits"
              .formatted(split.fileName(), cut, examples.size(), encoding.longest()));
    }
    return new Encoded(sequences, examples.size(), notes);
  }
}
