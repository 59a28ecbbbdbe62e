package dev.imago.tasks.classification;

import dev.imago.core.Counted;
import dev.imago.data.Split;
import dev.imago.model.Output;
import dev.imago.tasks.Counts;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Measure;
import dev.imago.tokenizers.EncodeOptions;
import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Telling the class of a text, one of several. Measured by accuracy and macro F1.
///
/// A text is encoded as transformers' tokenizer would: special tokens come from the post-processor
/// alone. One that is longer than the model's context is cut at its end.
///
/// @param labels names of the classes, in the order of their ids
public record Classification(List<String> labels) implements LabelTask<ClassifiedText> {
  public static final String NAME = "classify";

  /// What a line of labels is.
  private static final String FORM = "{\"id\":…,\"text\":…,\"label\":…,\"source\":…}";

  private static final EncodeOptions AS_TEXT = EncodeOptions.ORDINARY.withAddedSpecialTokens(true);

  private static final Words WORDS =
      new Words(
          "texts",
          "classes",
          "text",
          "give rows of a text and its class (annotate.labels, annotate.task = classify)");

  public Classification {
    labels = List.copyOf(labels);
    if (labels.size() < 2) {
      throw new IllegalArgumentException(
          "classes = %d, and telling them apart needs 2 at least".formatted(labels.size()));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String pipelineTag() {
    return "text-classification";
  }

  @Override
  public Output output() {
    return new Output.Classes(labels);
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public List<ClassifiedText> examples(Path folder, Split split) {
    return LabelLines.read(folder, split, ClassifiedText.class, FORM);
  }

  @Override
  public String id(ClassifiedText example) {
    return example.id();
  }

  @Override
  public String text(ClassifiedText example) {
    return example.text();
  }

  @Override
  public List<String> gold(ClassifiedText example) {
    return List.of(example.label());
  }

  @Override
  public String otherwise() {
    return labels.getFirst();
  }

  /// A text as a model reads it; what comes after `longest` ids is cut, but not what the
  /// post-processor puts at the end.
  public static int[] ids(String text, Tokenizer tokenizer, int longest) {
    return ids(tokenizer.encoding(text, AS_TEXT), longest);
  }

  private static int[] ids(Encoding all, int longest) {
    if (all.size() <= longest) {
      return all.ids();
    }
    int end = all.size();
    while (end > 0 && all.special(end - 1)) {
      end--;
    }
    int kept = Math.max(0, longest - (all.size() - end));
    int[] ids = new int[longest];
    for (int i = 0; i < longest; i++) {
      ids[i] = all.id(i < kept ? i : end + i - kept);
    }
    return ids;
  }

  @Override
  public Question question(ClassifiedText example, Tokenizer tokenizer, int longest) {
    return question(example.text(), tokenizer, longest);
  }

  /// A text as it is asked: one row of scores tells its class.
  public static Question question(String text, Tokenizer tokenizer, int longest) {
    Encoding all = tokenizer.encoding(text, AS_TEXT);
    int[] ids = ids(all, longest);
    return new Question(ids, new int[] {ids.length == 0 ? -1 : 0}, all.size() > longest);
  }

  @Override
  public List<String> notes(Split split, int longest, Shortened shortened) {
    var notes = new ArrayList<String>();
    if (shortened.cut() > 0) {
      notes.add(
          "%s: %,d of %,d texts are longer than %d tokens and cut at their end; a larger pretrain.context and tune.longest keep more"
              .formatted(split.fileName(), shortened.cut(), shortened.examples(), longest));
    }
    if (shortened.empty() > 0) {
      notes.add(
          "%s: left out for want of a token: %s"
              .formatted(split.fileName(), Counted.of(shortened.empty(), "texts")));
    }
    return notes;
  }

  @Override
  public List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted) {
    var counts = new LinkedHashMap<String, Counts>();
    labels.forEach(label -> counts.put(label, new Counts()));
    for (int i = 0; i < gold.size(); i++) {
      String is = gold.get(i).getFirst();
      String told = predicted.get(i).getFirst();
      counts.computeIfAbsent(is, _ -> new Counts()).gold(is.equals(told));
      counts.computeIfAbsent(told, _ -> new Counts()).told();
    }
    return Counts.rows(counts);
  }

  @Override
  public List<Measure> measures(List<List<String>> gold, List<List<String>> predicted) {
    return new ClassScores(
            gold.stream().map(List::getFirst).toList(),
            predicted.stream().map(List::getFirst).toList())
        .measures();
  }

  @Override
  public List<Baseline<ClassifiedText>> baselines(List<ClassifiedText> train) {
    return List.of(new Majority(train), new NaiveBayes(train));
  }
}
