package dev.imago.tokenizers.normalizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.tokenizers.aligned.AlignedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every kind of normalizer against Hugging Face's tokenizers, text and origins: see
/// `conformance/README.md`.
@Tag("conformance")
class NormalizerConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));

  @TempDir private Path folder;

  @BeforeEach
  void needPeers() {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
  }

  /// Of each normalizer, of each text: what the library makes of it.
  private JsonNode answers(List<String> normalizers, List<String> texts) throws IOException {
    Path asked = Files.writeString(folder.resolve("normalizers.json"), normalizers.toString());
    Path of = Files.write(folder.resolve("texts.json"), JSON.writeValueAsBytes(texts));
    Path out = folder.resolve("answers.json");
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                String.valueOf(System.getenv("IMAGO_PEERS")),
                ROOT.resolve("conformance/normalizers.py").toString(),
                asked.toString(),
                of.toString(),
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      int status = process.waitFor();
      assertEquals(0, status, Files.readString(log));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return JSON.readTree(out.toFile());
  }

  private static List<Integer> origins(String original, AlignedText text) {
    var origins = new ArrayList<Integer>();
    String now = text.text();
    for (int at = 0; at < now.length(); at += Character.charCount(now.codePointAt(at))) {
      origins.add(original.codePointCount(0, text.originStart(at)));
      origins.add(original.codePointCount(0, text.originEnd(at)));
    }
    return origins;
  }

  private void compare(List<String> normalizers, List<String> texts) throws IOException {
    JsonNode answers = answers(normalizers, texts);
    for (int n = 0; n < normalizers.size(); n++) {
      String kind = normalizers.get(n);
      Normalizer ours = NormalizerKinds.read(kind);
      for (int i = 0; i < texts.size(); i++) {
        String text = texts.get(i);
        JsonNode answer = answers.get(n).get(i);
        AlignedText now = ours.apply(AlignedText.of(text));
        assertEquals(answer.get(0).stringValue(), now.text(), kind);
        assertEquals(
            answer.get(1).valueStream().map(JsonNode::intValue).toList(),
            origins(text, now),
            () -> kind + " of " + text);
        assertEquals(now.text(), ours.apply(AlignedText.ofUntracked(text)).text(), kind);
      }
    }
  }

  @Test
  void everyCharacterBecomesTheSame() throws IOException {
    // All that can differ, and some of the great blocks whose characters are all alike.
    List<String> characters =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(
                c ->
                    switch (Character.UnicodeScript.of(c)) {
                          case HAN, HANGUL ->
                              c < 0x3400 || 0xf900 <= c && c < 0x20000 || c % 17 == 0;
                          default -> c < 0x20000 || c / 0x1000 == 0xe0 || c % 997 == 0;
                        }
                        || 0x2f800 <= c && c < 0x2fa20)
            .filter(c -> c < 0xd800 || 0xdfff < c)
            .mapToObj(Character::toString)
            .toList();
    compare(NormalizerKinds.BY_TABLE, characters);
  }

  @Test
  void randomTextBecomesTheSame() throws IOException {
    var random = new RandomUnicode(51);
    compare(NormalizerKinds.all(), Stream.generate(random::next).limit(5_000).toList());
  }

  @Test
  void aRealTableMakesTheSameOfText() throws IOException {
    String named = System.getenv("IMAGO_SHARED");
    Path shared = named == null ? ROOT.resolve("../shared") : Path.of(named);
    Path model = shared.resolve("data/sentencepiece/test_model.model");
    assumeTrue(Files.exists(model), "no model with a table at " + model);
    var random = new RandomUnicode(52);
    String table = CharsMapWriter.json(RealTable.of(Files.readAllBytes(model)));
    compare(
        List.of(table, NormalizerKinds.sequence(table, NormalizerKinds.type("NFD"))),
        Stream.generate(random::next).limit(20_000).toList());
  }
}
