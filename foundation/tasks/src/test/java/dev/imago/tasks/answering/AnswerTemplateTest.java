package dev.imago.tasks.answering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Split;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.rewriting.Rewriting;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerTemplateTest {
  @TempDir Path folder;

  private Tokenizer tokenizer(String... special) throws Exception {
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1).specialTokens(List.of(special)),
            List.of("eins zwei one two").iterator(),
            TrainingProgress.NONE);
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    return tokenizer;
  }

  @Test
  void aSourceAndItsTargetEndAsTextsDoWhereTheTokenizerHasNoTemplate() throws Exception {
    Tokenizer tokenizer = tokenizer("</s>", "<pad>");
    Path labels = Files.createDirectories(folder.resolve("labels"));
    Examples.write(labels, Split.TRAIN, List.of(new Example("a", "eins", "one", "s")));
    Tasks.write(labels, Rewriting.translation());
    Task task = Tasks.read(labels);
    assertEquals("translate", task.name());
    assertEquals("translation", task.pipelineTag());
    Encoder encoder = task.encoder(folder);
    int end = tokenizer.id("</s>").orElseThrow();
    assertEquals(List.of(end), encoder.stops());
    Sequence one = encoder.encode(labels, Split.TRAIN, 50).sequences().getFirst();
    assertArrayEquals(tokenizer.encode("eins</s>one"), one.ids());
    assertEquals(end, one.targets()[one.length() - 1]);
    assertEquals(
        "eins</s>", tokenizer.decode(java.util.Arrays.copyOf(one.ids(), asked(one)), false));
    assertEquals(
        "{% for message in messages %}{{ message['content'] + '</s>' }}{% endfor %}",
        task.template(folder).orElseThrow());
  }

  private static int asked(Sequence one) {
    int first = 0;
    while (one.targets()[first] == Sequence.IGNORED) {
      first++;
    }
    return first + 1;
  }

  @Test
  void aTemplateOfTheTokenizersOwnIsKept() throws Exception {
    Tokenizer tokenizer = tokenizer("<|im_start|>", "<|im_end|>", "</s>");
    Files.write(
        folder.resolve("tokenizer_config.json"),
        tokenizer.toConfigJson(ChatTemplate.CHATML, "</s>", 64));
    assertEquals(Optional.empty(), Rewriting.summary().template(folder));
    assertEquals(
        tokenizer.id("<|im_end|>").orElseThrow(),
        Rewriting.summary().encoder(folder).stops().getFirst());
  }

  @Test
  void aVocabularyThatEndsNoTextIsRefused() throws Exception {
    tokenizer("[UNK]");
    var error = assertThrows(InputException.class, () -> new Answering().encoder(folder));
    assertTrue(String.valueOf(error.getMessage()).contains("no token that ends a text"));
  }
}
