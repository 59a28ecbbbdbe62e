package dev.imago.tasks.span;

import dev.imago.core.Counted;
import dev.imago.data.Split;
import dev.imago.model.Calibration;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tasks.LabelIds;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Sequence;
import dev.imago.tokenizers.EncodeOptions;
import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.Truncation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Telling where a text answers a question, or that it does not. Measured by exact match and F1, as
/// SQuAD's and CMRC's own scripts do (Rajpurkar et al. 2016, arXiv:1606.05250; 2018,
/// arXiv:1806.03822; Cui et al. 2019, arXiv:1810.07366).
///
/// Question and text are encoded as a pair; a text that has no room is asked in windows that share
/// [#STRIDE] tokens. Where a window has no answer, its first token is to be told.
///
/// @param labels `answer`, and `no answer` where a text may have none
public record SpanAnswering(List<String> labels) implements LabelTask<AskedText> {
  public static final String NAME = "span";

  /// Tokens that a window repeats of the one before it, at most.
  public static final int STRIDE = 128;

  private static final String ANSWER = "answer";
  private static final String NO_ANSWER = "no answer";

  /// Tokens of an answer; ideographs are words' parts, each a token.
  private static final int LONGEST_WORDS = 30;

  private static final int LONGEST_IDEOGRAPHS = 80;

  /// A question may fill so much of what a model reads.
  private static final int QUESTION_PART = 2;

  private static final EncodeOptions AS_TEXT = EncodeOptions.ORDINARY.withAddedSpecialTokens(true);

  private static final String FORM =
      "{\"id\":…,\"question\":…,\"context\":…,\"answers\":[{\"text\":…,\"start\":…}],\"source\":…}";

  private static final Words WORDS =
      new Words(
          "questions",
          "answers",
          "end of an answer",
          "give questions with their texts and answers (annotate.labels, annotate.task = span)");

  public SpanAnswering {
    labels = List.copyOf(labels);
    if (!labels.equals(List.of(ANSWER)) && !labels.equals(List.of(ANSWER, NO_ANSWER))) {
      throw new IllegalArgumentException("labels = %s are not those of answers".formatted(labels));
    }
  }

  /// @param none whether a text may have no answer
  public static SpanAnswering of(boolean none) {
    return new SpanAnswering(none ? List.of(ANSWER, NO_ANSWER) : List.of(ANSWER));
  }

  /// Whether a text may have no answer.
  public boolean none() {
    return labels.contains(NO_ANSWER);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String pipelineTag() {
    return "question-answering";
  }

  @Override
  public Output output() {
    return new Output.Span();
  }

  @Override
  public List<String> written() {
    return labels;
  }

  @Override
  public Loss loss() {
    return Loss.SPAN;
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public List<AskedText> examples(Path folder, Split split) {
    return LabelLines.read(folder, split, AskedText.class, FORM);
  }

  @Override
  public String id(AskedText example) {
    return example.id();
  }

  @Override
  public String text(AskedText example) {
    return example.question() + "\n" + example.context();
  }

  /// Questions of one text stand on one side of a split.
  @Override
  public String group(AskedText example) {
    return example.context();
  }

  @Override
  public List<String> gold(AskedText example) {
    return example.answers().stream().map(AskedText.Marked::text).distinct().toList();
  }

  @Override
  public String counted(String label) {
    return "";
  }

  @Override
  public String otherwise() {
    return "";
  }

  /// The longest question to train on of one line.
  @Override
  public String hint(Path folder) {
    return examples(folder, Split.TRAIN).stream()
        .map(AskedText::question)
        .filter(q -> q.lines().count() == 1 && q.length() <= 80)
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  @Override
  public List<Question> questions(AskedText example, Tokenizer tokenizer, int longest) {
    return windows(example.question(), example.context(), tokenizer, longest);
  }

  /// A question and a text as a model reads them, in windows of the text. A question that leaves no
  /// room is cut.
  ///
  /// @param longest ids of a window, at most
  public static List<Question> windows(
      String question, String context, Tokenizer tokenizer, int longest) {
    int around = tokenizer.encoding("", "", AS_TEXT).size();
    Encoding asked = tokenizer.encoding(question, EncodeOptions.ORDINARY);
    int most = Math.max(1, (longest - around) / QUESTION_PART);
    boolean cut = asked.size() > most;
    String read = cut ? question.substring(0, asked.end(most - 1)) : question;
    int room = longest - around - Math.min(asked.size(), most);
    if (room < 2) {
      return List.of(new Question(new int[0], new int[0], true));
    }
    int stride = Math.min(STRIDE, room / 2);
    Encoding first =
        tokenizer.encoding(
            read,
            context,
            AS_TEXT,
            new Truncation(
                longest, Truncation.Strategy.ONLY_SECOND, stride, dev.imago.tokenizers.Side.RIGHT));
    var windows = new ArrayList<Question>();
    windows.add(window(first, cut));
    first.overflowing().forEach(part -> windows.add(window(part, cut)));
    return windows;
  }

  private static Question window(Encoding part, boolean cut) {
    int[] starts = new int[part.size()];
    int[] ends = new int[part.size()];
    for (int i = 0; i < starts.length; i++) {
      boolean ofText =
          !part.special(i) && part.sequence(i) != 0; // of what overflows it may be unknown
      starts[i] = ofText ? part.start(i) : -1;
      ends[i] = ofText ? part.end(i) : -1;
    }
    int[] segments = part.typeIds();
    boolean one = Arrays.stream(segments).allMatch(s -> s == 0);
    return new Question(
        new ModelInput(part.ids(), one ? new int[0] : segments), new int[0], cut, starts, ends);
  }

  /// Where the first answer begins and ends; at the first token of a window that does not have all
  /// of it.
  @Override
  public Sequence sequence(AskedText example, Question window, LabelIds places, Path rows) {
    int[] targets = new int[window.ids().length];
    Arrays.fill(targets, Sequence.IGNORED);
    int start = 0;
    int end = 0;
    if (!example.answers().isEmpty()) {
      AskedText.Marked answer = example.answers().getFirst();
      int from = answer.from(example.context());
      int to = from + answer.text().length();
      int first = last(window.starts(), from);
      int last = first(window, to);
      if (first >= 0 && last >= first && window.ends()[first] > from) {
        start = first;
        end = last;
      }
    }
    targets[start] = start == end ? BOTH : START;
    if (start != end) {
      targets[end] = END;
    }
    return new Sequence(window.ids(), targets, window.input().segments());
  }

  /// The answer begins here.
  private static final int START = 0;

  /// The answer ends here.
  private static final int END = 1;

  /// The answer is this token.
  private static final int BOTH = 2;

  /// The last token of the text that begins at a character or before; −1 where none does.
  private static int last(int[] starts, int from) {
    int found = -1;
    for (int i = 0; i < starts.length; i++) {
      found = starts[i] >= 0 && starts[i] <= from ? i : found;
    }
    return found;
  }

  /// The first token of the text that ends at a character or behind; −1 where none does.
  private static int first(Question window, int to) {
    for (int i = 0; i < window.ends().length; i++) {
      if (window.starts()[i] >= 0 && window.ends()[i] >= to) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public List<String> predict(
      AskedText example, List<Question> questions, List<float[][]> scores, Readout by) {
    FoundAnswer best =
        FoundAnswer.of(
                example.context(), questions, scores, by.calibration(), wanted(example.context()))
            .getFirst();
    return best.text().isEmpty() ? List.of() : List.of(best.text());
  }

  private FoundAnswer.Wanted wanted(String context) {
    return wanted(context, none());
  }

  /// What is looked for in a text where nothing else is said.
  ///
  /// @param none whether it may have no answer
  public static FoundAnswer.Wanted wanted(String context, boolean none) {
    long ideographs = context.codePoints().filter(Character::isIdeographic).count();
    boolean most = 2 * ideographs > context.length();
    return new FoundAnswer.Wanted(most ? LONGEST_IDEOGRAPHS : LONGEST_WORDS, none);
  }

  /// Where a text may have no answer, that is told where it is likelier than the best one, or from
  /// the [NoAnswerThreshold] on that was fitted.
  @Override
  public Calibration calibrated(Calibration fitted) {
    return none() && fitted.thresholds().isEmpty() ? fitted.withThresholds(List.of(0.5)) : fitted;
  }

  @Override
  public List<String> notes(Split split, int longest, Shortened shortened) {
    var notes = new ArrayList<String>();
    if (shortened.cut() > 0) {
      notes.add(
          "%s: questions of %s are longer than half of the %d tokens that are read, and cut; a larger tune.longest keeps more"
              .formatted(split.fileName(), Counted.of(shortened.cut(), "windows"), longest));
    }
    if (shortened.empty() > 0) {
      notes.add(
          "%s: left out for want of room beside the question: %s; raise pretrain.context or tune.longest"
              .formatted(split.fileName(), Counted.of(shortened.empty(), "questions")));
    }
    return notes;
  }

  @Override
  public List<Measure> measures(List<List<String>> gold, List<List<String>> predicted) {
    return new AnswerScores(gold, predicted).measures();
  }

  /// None: an answer is no label.
  @Override
  public List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted) {
    return List.of();
  }

  @Override
  public List<Baseline<AskedText>> baselines(List<AskedText> train) {
    return List.of(new SimilarSentence());
  }
}
