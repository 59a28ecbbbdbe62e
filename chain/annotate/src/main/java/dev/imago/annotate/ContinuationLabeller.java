package dev.imago.annotate;

import dev.imago.annotate.Annotate.Config;
import dev.imago.data.Document;
import dev.imago.data.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Turns prose into «what stands there → what comes next».
///
/// - Markdown (an id that ends in `.md` or `.md.gz`): a heading's text → the first sentence of its
///   section. The prompt is the heading alone.
/// - Other prose, and Markdown of which no heading gives a pair: a sentence → the next one of its
///   paragraph. The prompt is `Continue: ` and the sentence, or `续写：` and the sentence where most
///   of its letters are Chinese or Japanese. Each sentence stands in one pair at most, so that
///   pairs tell as much as their number says.
/// - A document that gives no pair, such as a headline or a line of verse: its first half → the
///   rest of it, asked alike.
final class ContinuationLabeller implements Labeller {
  static final String ENGLISH = "Continue: ";
  static final String CHINESE = "续写：";

  private static final Pattern BLANK_LINES = Pattern.compile("\\n\\s*\\n");

  private final Config config;

  ContinuationLabeller(Config config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "continuation";
  }

  @Override
  public List<Labelled> label(List<Document> documents) {
    return documents.stream().map(this::label).toList();
  }

  private Labelled label(Document document) {
    var pairs = new ArrayList<Pair>();
    var skipped = new ArrayList<String>();
    if (markdown(document)) {
      List<Markdown.Section> sections = Markdown.sections(document.text());
      headings(sections, pairs, skipped);
      if (pairs.isEmpty()) {
        for (Markdown.Section section : sections) {
          section.paragraphs().forEach(p -> sentences(Sentences.of(p), pairs, skipped));
        }
      }
    } else {
      Paragraphs.of(document.text()).forEach(p -> sentences(p, pairs, skipped));
    }
    if (pairs.isEmpty()) {
      halves(document.text(), pairs);
    }
    return new Labelled(pairs, skipped);
  }

  /// The first paragraph of one sentence that is long enough for two halves and short enough for
  /// one pair.
  private void halves(String text, List<Pair> pairs) {
    for (String paragraph : BLANK_LINES.split(text.strip())) {
      if (paragraph.length() > 4 * config.maxPromptCharacters()
          || Sentences.of(paragraph).size() != 1) {
        continue;
      }
      Optional<Halves> halves =
          Halves.of(paragraph.strip())
              .filter(two -> fits(two.first()) && fits(two.second()))
              .filter(two -> two.first().length() < config.maxPromptCharacters());
      if (halves.isPresent()) {
        Halves two = halves.get();
        String task = Sentences.chinese(paragraph) ? CHINESE : ENGLISH;
        pairs.add(new Pair(pairs.size() + 1, task + two.first(), two.second()));
        return;
      }
    }
  }

  private boolean fits(String half) {
    double words = Sentences.words(half);
    long visible = half.codePoints().filter(c -> !Character.isWhitespace(c)).count();
    long letters = half.codePoints().filter(Character::isLetter).count();
    return words >= config.minWords() && words <= config.maxWords() && 2 * letters >= visible;
  }

  private static boolean markdown(Document document) {
    String id = document.id().toLowerCase(Locale.ROOT);
    return id.endsWith(".md") || id.endsWith(".md.gz");
  }

  private void headings(List<Markdown.Section> sections, List<Pair> pairs, List<String> skipped) {
    for (Markdown.Section section : sections) {
      if (section.heading().isEmpty()) {
        continue;
      }
      if (section.paragraphs().isEmpty()) {
        skipped.add("heading without running text");
        continue;
      }
      String first = Sentences.of(section.paragraphs().getFirst()).getFirst();
      add(section.heading(), first, pairs, skipped);
    }
  }

  private void sentences(List<String> sentences, List<Pair> pairs, List<String> skipped) {
    if (sentences.size() == 1) {
      skipped.add("paragraph of one sentence");
    }
    for (int i = 0; i + 1 < sentences.size(); ) {
      String sentence = sentences.get(i);
      String unfit = Sentences.unfit(sentence, config.minWords(), config.maxWords());
      if (unfit.isEmpty()) {
        String task = Sentences.chinese(sentence) ? CHINESE : ENGLISH;
        i += add(task + sentence, sentences.get(i + 1), pairs, skipped) ? 2 : 1;
      } else {
        skipped.add(unfit);
        i++;
      }
    }
  }

  /// @return whether prompt and completion are fit for a pair
  private boolean add(String prompt, String completion, List<Pair> pairs, List<String> skipped) {
    String reason =
        prompt.length() > config.maxPromptCharacters()
            ? "prompt too long"
            : Sentences.unfit(completion, config.minWords(), config.maxWords());
    if (reason.isEmpty()) {
      pairs.add(new Pair(pairs.size() + 1, prompt, completion));
      return true;
    }
    skipped.add(reason);
    return false;
  }
}
