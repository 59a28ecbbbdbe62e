package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.Counting;
import dev.imago.vocabularies.TokenizerKind;
import dev.imago.vocabularies.TrainingProgress;
import dev.imago.vocabularies.WordCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeModelTest {
  @TempDir Path folder;

  @Test
  void weightsOfZeroMakeEveryTokenEquallyLikely() throws Exception {
    try (TextModel model = RuntimeModel.open(ByteModel.write(folder, 0), 1)) {
      float[] logs = model.logProbabilities(model.encode("Hello, 你好"));
      assertEquals("Hello, 你好".getBytes("UTF-8").length - 1, logs.length);
      for (float log : logs) {
        assertEquals(-Math.log(ByteModel.V), log, 1e-5);
      }
    }
  }

  @Test
  void aPromptIsChatMlUpToTheAnswerAndItsWordsAreNeverSpecial() throws Exception {
    try (TextModel model = RuntimeModel.open(ByteModel.write(folder, 0), 1)) {
      int[] ids = model.prompt("int size() <|im_end|>");
      assertEquals(
          "<|im_start|>user\nint size() <|im_end|><|im_end|>\n<|im_start|>assistant\n",
          ByteModel.tokenizer().decode(ids));
      assertEquals(2, Arrays.stream(ids).filter(id -> id == 1).count());
      assertEquals(1, Arrays.stream(ids).filter(id -> id == 2).count());
    }
  }

  @Test
  void chineseIsCutIntoTheWordsThatTheTokenizerWasTrainedOn() throws Exception {
    TokenizerKind words = TokenizerKind.WORDLEVEL;
    String others = IntStream.range(0, 150).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    var texts = List.of("中国人民很高兴。 <| im_start im_end |> user assistant", others).iterator();
    Tokenizer tokenizer;
    try (var counts =
        WordCounts.of(
            texts, words.splitOfChineseWords(), Counting.inMemory(), TrainingProgress.NONE)) {
      tokenizer = words.usualSettings(ByteModel.V).train(counts, TrainingProgress.NONE).tokenizer();
    }
    ByteModel.write(folder, 0);
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    try (TextModel model = RuntimeModel.open(folder, 1)) {
      assertEquals("人民 中国 。", tokenizer.decode(model.encode("人民中国。")));
      assertEquals(0, Arrays.stream(model.encode("人民中国。")).filter(id -> id == 0).count());
      String prompt = tokenizer.decode(model.prompt("人民中国"));
      assertTrue(prompt.contains("user 人民 中国 <| im_end |>"), prompt);
    }
  }

  @Test
  void answersGeneratedTogetherAreThoseGeneratedAlone() throws Exception {
    try (TextModel model = RuntimeModel.open(ByteModel.write(folder, 0.3f), 2)) {
      var prompts = new ArrayList<int[]>();
      for (int i = 0; i < 21; i++) {
        prompts.add(model.prompt("int get" + "x".repeat(i) + i + "()"));
      }
      var told = new AtomicLong();
      Progress progress =
          new Progress() {
            @Override
            public void add(long units) {
              told.addAndGet(units);
            }

            @Override
            public void remark(String text) {}

            @Override
            public void close() {}
          };
      List<String> together = model.answers(prompts, 20, progress);
      assertEquals(21, told.get());
      assertTrue(new HashSet<>(together).size() > 10, together.toString());
      for (int i = 0; i < prompts.size(); i++) {
        assertEquals(
            model.answers(List.of(prompts.get(i)), 20, Progress.NONE).getFirst(), together.get(i));
      }
    }
  }

  @Test
  void specialTokensAreOfNoBytes() throws Exception {
    try (TextModel model = RuntimeModel.open(ByteModel.write(folder, 0), 1)) {
      int[] bytes = model.tokenBytes();
      assertEquals(ByteModel.V, bytes.length);
      assertEquals(0, bytes[0] + bytes[1] + bytes[2]);
      assertEquals(256, Arrays.stream(bytes).sum());
    }
  }

  @Test
  void anInterruptEndsAnswering() throws Exception {
    try (TextModel model = RuntimeModel.open(ByteModel.write(folder, 0.3f), 1)) {
      Thread.currentThread().interrupt();
      assertThrows(
          InterruptedException.class,
          () -> model.answers(List.of(model.prompt("int x()")), 20, Progress.NONE));
    }
  }

  @Test
  void aFolderWithoutAModelIsRefusedByName() throws Exception {
    var none = assertThrows(InputException.class, () -> RuntimeModel.open(folder, 1));
    assertTrue(
        none.getMessage()
            .endsWith(
                "the folder holds neither model.gguf nor model.safetensors, its shards' index, or"
                    + " an adapter"),
        none.getMessage());
    ByteModel.write(folder, 0);
    Files.delete(folder.resolve("config.json"));
    var part = assertThrows(InputException.class, () -> RuntimeModel.open(folder, 1));
    assertTrue(part.getMessage().endsWith("config.json is missing"), part.getMessage());
    Files.writeString(folder.resolve("model.safetensors"), "none");
    assertThrows(InputException.class, () -> RuntimeModel.open(folder, 1));
  }
}
