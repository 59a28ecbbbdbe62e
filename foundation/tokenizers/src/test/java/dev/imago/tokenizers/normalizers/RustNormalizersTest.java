package dev.imago.tokenizers.normalizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.imago.tokenizers.aligned.AlignedText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of normalizer against the oracle that comes with the build: the Rust tokenizers over
/// JNI, with a model that has a token for each byte and so shows what a text became and where each
/// byte of it came from.
class RustNormalizersTest {
  private static final int TEXTS = 1_500;

  /// Letters whose small ones are younger than the Rust library that comes with the build.
  private static final CodePoints YOUNG = CodePoints.of("a7ce a7d2 a7d4 16ea0-16eb8");

  @TempDir private Path folder;

  @BeforeEach
  void stayHere() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_CACHE_DIR", folder.resolve("djl").toString());
  }

  private HuggingFaceTokenizer rust(String normalizer) throws IOException {
    String bytes =
        IntStream.range(0, 256)
            .mapToObj("\"<0x%1$02X>\": %1$d"::formatted)
            .collect(Collectors.joining(", "));
    String json =
        """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
         "normalizer": %s, "pre_tokenizer": null, "post_processor": null, "decoder": null,
         "model": {"type": "BPE", "dropout": null, "unk_token": null, "byte_fallback": true,
          "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
          "ignore_merges": false, "vocab": {%s}, "merges": []}}
        """
            .formatted(normalizer, bytes);
    Path file = Files.writeString(folder.resolve("tokenizer.json"), json);
    try {
      return HuggingFaceTokenizer.newInstance(
          file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
    } catch (LinkageError e) {
      return abort("the Rust tokenizers do not load on this machine: " + e);
    }
  }

  private static String seen(Encoding encoding) {
    var bytes = new ByteArrayOutputStream();
    var origins = new ArrayList<String>();
    for (int i = 0; i < encoding.getIds().length; i++) {
      bytes.write((int) encoding.getIds()[i]);
      var span = encoding.getCharTokenSpans()[i];
      origins.add(span.getStart() + "-" + span.getEnd());
    }
    return bytes.toString(StandardCharsets.UTF_8) + " " + origins;
  }

  private static String seen(String original, AlignedText text) {
    String now = text.text();
    var origins = new ArrayList<String>();
    for (int at = 0, c; at < now.length(); at += Character.charCount(c)) {
      c = now.codePointAt(at);
      String origin =
          original.codePointCount(0, text.originStart(at))
              + "-"
              + original.codePointCount(0, text.originEnd(at));
      int bytes = Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
      origins.addAll(Collections.nCopies(bytes, origin));
    }
    return now + " " + origins;
  }

  @Test
  void everyKindMakesTheSameOfTextAndOrigins() throws IOException {
    for (String kind : NormalizerKinds.all()) {
      Normalizer ours = NormalizerKinds.read(kind);
      try (HuggingFaceTokenizer theirs = rust(kind)) {
        var random = new RandomUnicode(31);
        for (int i = 0; i < TEXTS; i++) {
          String text = random.next();
          if (text.codePoints().anyMatch(YOUNG::contains)) {
            continue;
          }
          assertEquals(
              seen(theirs.encode(text)), seen(text, ours.apply(AlignedText.of(text))), kind);
          assertEquals(
              ours.apply(AlignedText.of(text)).text(),
              ours.apply(AlignedText.ofUntracked(text)).text(),
              kind);
        }
      }
    }
  }
}
