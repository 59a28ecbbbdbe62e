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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Answering prompts and conversations in a chat template; learned on the answers alone. Measured
/// by ROUGE-L and chrF.
public final class Answering implements Task {
  public static final String NAME = "answer";

  private static final String NOTHING = "without an answer to learn";
  private static final String TOO_LONG = "longer than %d tokens";
  private static final String REFUSED = "refused by the chat template";
  private static final String EMPTY_OR_LONG =
      "with an answer that is empty or longer than %d tokens";

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
  public Optional<String> template(Path folder) {
    return AnswerTemplate.missing(folder, Tokenizer.load(folder.resolve("tokenizer.json")));
  }

  @Override
  public Encoder encoder(Path folder) {
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    ChatTemplate template = AnswerTemplate.of(folder, tokenizer);
    int stop =
        template
            .endOfAnswer(tokenizer)
            .orElseThrow(
                () ->
                    new InputException(
                        "the chat template of %s ends an answer by no special token of the vocabulary, so that no answer would end: give it one (chat_template.jinja), or train the vocabulary again"
                            .formatted(folder)));
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
    return compared(folder, Answering::both);
  }

  /// Encodes of each example its answer, with whether people found it good, and the answer to
  /// another prompt in its place, by which it is told how far a model has gone from where it began.
  ///
  /// @param folder with the tokenizer's files
  public static Encoder judged(Path folder) {
    return compared(folder, Answering::voted);
  }

  /// What a model is asked, to answer by itself.
  ///
  /// @param example with the answer that is known
  /// @param ids of all that is said before it
  public record Prompt(Example example, int[] ids) {}

  /// The prompts of some labels, with what was left out told.
  ///
  /// @param folder with the tokenizer's files
  /// @param longest ids of a prompt; longer ones are left out
  /// @param notes is told how many are left out, and why
  public static List<Prompt> prompts(
      Path folder, Path labels, Split split, int longest, Consumer<String> notes) {
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    int stop = new Answering().encoder(folder).stops().getFirst();
    var encoding = new ChatEncoding(AnswerTemplate.of(folder, tokenizer), tokenizer, stop, longest);
    List<Example> examples = Examples.read(labels, split);
    var told = new Told(encoding, split, examples.size());
    var prompts = new ArrayList<Prompt>();
    for (Example example : examples) {
      try {
        int[] ids = encoding.given(example);
        if (ids.length == 0 || ids.length > longest) {
          told.leaveOut("whose prompt is empty or " + TOO_LONG.formatted(longest));
        } else {
          prompts.add(new Prompt(example, ids));
        }
      } catch (IllegalArgumentException e) {
        told.refused(example, e);
      }
    }
    told.encoded(List.of(), examples, "prompts", "").notes().forEach(notes);
    return prompts;
  }

  private interface Comparing {
    Encoded encode(ChatEncoding encoding, Path labels, Split split);
  }

  private static Encoder compared(Path folder, Comparing by) {
    Encoder answers = new Answering().encoder(folder);
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    ChatTemplate template = AnswerTemplate.of(folder, tokenizer);
    return new Encoder() {
      @Override
      public Encoded encode(Path labels, Split split, int longest) {
        int stop = answers.stops().getFirst();
        return by.encode(new ChatEncoding(template, tokenizer, stop, longest), labels, split);
      }

      @Override
      public List<Integer> stops() {
        return answers.stops();
      }
    };
  }

  /// What is left out and cut.
  private static final class Told {
    private final ChatEncoding encoding;
    private final Split split;
    private final int examples;
    private final Map<String, Integer> leftOut = new TreeMap<>();
    private final List<String> notes = new ArrayList<>();
    private int cut;

    Told(ChatEncoding encoding, Split split, int examples) {
      this.encoding = encoding;
      this.split = split;
      this.examples = examples;
    }

    void leaveOut(String reason) {
      leftOut.merge(reason, 1, Integer::sum);
    }

    void cut(boolean one) {
      cut += one ? 1 : 0;
    }

    /// A conversation that the template refuses, in its own words: the first of them.
    void refused(Example example, IllegalArgumentException why) {
      if (leftOut.merge(REFUSED, 1, Integer::sum) == 1) {
        notes.add(
            "%s: the chat template refuses %s: %s"
                .formatted(split.fileName(), example.id(), why.getMessage()));
      }
    }

    /// @param shortened a sentence of how many are cut; empty where none can be
    Encoded encoded(List<Sequence> sequences, List<Example> all, String what, String shortened) {
      leftOut.forEach(
          (reason, n) ->
              notes.add(
                  "%s: %,d of %,d %s are left out, %s%s"
                      .formatted(
                          split.fileName(),
                          n,
                          examples,
                          what,
                          reason,
                          reason.contains("longer")
                              ? "; a larger pretrain.context and tune.longest keep more"
                              : "")));
      if (cut > 0) {
        notes.add(shortened.formatted(split.fileName(), cut, examples, encoding.longest()));
      }
      tellTools(all);
      return new Encoded(sequences, examples, notes, leftOut, cut, 0);
    }

    private void tellTools(List<Example> all) {
      long offering = all.stream().filter(e -> !e.tools().isEmpty()).count();
      if (offering > 0 && !encoding.template().mentions("tools")) {
        notes.add(
            "%s: %,d examples offer tools, and the chat template has none: the model is not told of them"
                .formatted(split.fileName(), offering));
      }
      long calling =
          all.stream()
              .filter(e -> e.turns().stream().anyMatch(turn -> !turn.toolCalls().isEmpty()))
              .count();
      if (calling > 0 && !encoding.template().mentions("tool_calls")) {
        notes.add(
            "%s: %,d examples call tools, and the chat template has no tool_calls: they are learned as text, a line of JSON each"
                .formatted(split.fileName(), calling));
      }
    }
  }

  private static Encoded both(ChatEncoding encoding, Path labels, Split split) {
    List<Example> examples = Examples.read(labels, split);
    var sequences = new ArrayList<Sequence>();
    var told = new Told(encoding, split, examples.size());
    for (Example example : examples) {
      try {
        Sequence chosen = encoding.last(example);
        Sequence rejected = encoding.last(example.worse());
        if (chosen == null || rejected == null) {
          told.leaveOut(EMPTY_OR_LONG.formatted(encoding.longest()));
        } else {
          sequences.addAll(List.of(chosen, rejected));
        }
      } catch (IllegalArgumentException e) {
        told.refused(example, e);
      }
    }
    return told.encoded(sequences, examples, "pairs of answers", "");
  }

  private static Encoded voted(ChatEncoding encoding, Path labels, Split split) {
    List<Example> examples = Examples.read(labels, split);
    var told = new Told(encoding, split, examples.size());
    var kept = new ArrayList<Example>();
    var own = new ArrayList<Sequence>();
    for (Example example : examples) {
      try {
        Sequence answer = encoding.last(example);
        Boolean good = example.label();
        if (answer == null) {
          told.leaveOut(EMPTY_OR_LONG.formatted(encoding.longest()));
        } else if (good == null) {
          told.leaveOut("without a label of true or false");
        } else {
          kept.add(example);
          own.add(answer.judged(good));
        }
      } catch (IllegalArgumentException e) {
        told.refused(example, e);
      }
    }
    var sequences = new ArrayList<Sequence>();
    for (int i = 0; i < kept.size(); i++) {
      Sequence other = null;
      for (int back = 1; back < kept.size() && other == null; back++) {
        String answer = kept.get(Math.floorMod(i - back, kept.size())).completion();
        other = encoding.last(kept.get(i).rejecting(answer).worse());
      }
      if (other == null) {
        told.leaveOut(
            "beside which no other answer fits in %d tokens".formatted(encoding.longest()));
      } else {
        sequences.addAll(List.of(own.get(i), other));
      }
    }
    return told.encoded(sequences, examples, "rated answers", "");
  }

  private static Encoded all(ChatEncoding encoding, Path labels, Split split) {
    List<Example> examples = Examples.read(labels, split);
    var sequences = new ArrayList<Sequence>();
    var told = new Told(encoding, split, examples.size());
    for (Example example : examples) {
      try {
        ChatEncoding.Encoded encoded = encoding.encode(example);
        sequences.addAll(encoded.sequences());
        if (encoded.answers() > 0) {
          told.cut(encoded.leftOut() > 0);
        } else {
          told.leaveOut(encoded.leftOut() == 0 ? NOTHING : TOO_LONG.formatted(encoding.longest()));
        }
      } catch (IllegalArgumentException e) {
        told.refused(example, e);
      }
    }
    return told.encoded(
        sequences,
        examples,
        "pairs",
        "%s: %,d of %,d conversations are longer than %d tokens and end after the last answer that"
            + " fits");
  }
}
