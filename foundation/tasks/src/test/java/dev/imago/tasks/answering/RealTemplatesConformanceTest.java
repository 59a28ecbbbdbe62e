package dev.imago.tasks.answering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.data.Example;
import dev.imago.data.Example.Message;
import dev.imago.tasks.Sequence;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Real models' templates, where they lie beside the repository: what the server sends before each
/// answer is a prefix of what is learned, and the end that the template writes is learned.
class RealTemplatesConformanceTest {
  private static final List<Message> TALK =
      List.of(
          new Message("user", "What is a cat?"),
          new Message("assistant", "A cat is an animal."),
          new Message("user", "And a dog?"),
          new Message("assistant", "A dog, too."));

  private static Path templates() {
    return shared("data/chat_templates");
  }

  /// A folder or file of the shared data; without it the test is skipped.
  static Path shared(String path) {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "../.."));
    Path found = (named == null ? root.resolve("../shared") : Path.of(named)).resolve(path);
    assumeTrue(Files.exists(found), "the shared data is not beside the repository");
    return found;
  }

  /// A vocabulary in which all that looks like a special token of the template is one.
  static Tokenizer tokenizer(String jinja) throws Exception {
    var special = new TreeSet<>(List.of("<s>", "</s>"));
    Pattern.compile("<\\|?[a-z_]+\\|?>|\\[/?[A-Z_]+\\]")
        .matcher(jinja)
        .results()
        .forEach(found -> special.add(found.group()));
    return BpeTrainer.train(
        BpeTrainer.Settings.of(320 + special.size())
            .minimumFrequency(1)
            .specialTokens(List.copyOf(special)),
        List.of("What is a cat? A cat is an animal. And a dog? A dog, too.").iterator(),
        TrainingProgress.NONE);
  }

  @Test
  void whatIsSentBeforeEachAnswerIsAPrefixOfWhatIsLearned() throws Exception {
    List<Path> files;
    try (Stream<Path> all = Files.list(templates())) {
      files =
          all.filter(f -> f.toString().endsWith(".jinja") && !f.toString().contains("tool_use"))
              .sorted()
              .toList();
    }
    assertTrue(files.size() >= 5, files.toString());
    for (Path file : files) {
      String jinja = Files.readString(file);
      String name = String.valueOf(file.getFileName());
      Tokenizer tokenizer = tokenizer(jinja);
      ChatTemplate template =
          ChatTemplate.of(
              jinja, Map.of("bos_token", "<s>", "eos_token", "</s>"), Clock.systemUTC());
      int stop = template.endOfAnswer(tokenizer).orElseThrow(() -> new AssertionError(name));
      var encoded =
          new ChatEncoding(template, tokenizer, stop, 5000).encode(Example.of("x", TALK, "s"));
      assertEquals(2, encoded.answers(), name);
      for (int turn : new int[] {1, 3}) {
        int[] sent =
            template.encodeChat(
                tokenizer, TemplateVariables.before(template, TALK.subList(0, turn), List.of()));
        Sequence of = encoded.sequences().get(encoded.sequences().size() == 1 ? 0 : turn / 2);
        assertArrayEquals(sent, Arrays.copyOf(of.ids(), sent.length), name);
        assertTrue(of.targets()[sent.length - 1] != Sequence.IGNORED, name);
        int end = sent.length - 1;
        while (of.targets()[end] != stop) {
          end++;
        }
        String learned = tokenizer.decode(Arrays.copyOfRange(of.targets(), sent.length - 1, end));
        assertEquals(TALK.get(turn).content(), learned.strip(), name);
      }
    }
  }
}
