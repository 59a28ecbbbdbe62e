package dev.imago.tokenizers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What a tokenizer's file may hold: whatever it is, it gives one message that names the file, or a
/// tokenizer that works and can be written. `conformance/fuzz files` looks for bytes that do
/// neither.
public final class FileFuzz {
  /// By it, ranks are told from ranks.
  static final String NAME = "cl100k_base.tiktoken";

  private static final List<String> TEXTS =
      List.of(
          "", " ", "a", "Hello  world, hello!\n", "世界 abab <s>x</s>", "👨‍👩‍👧 e\u0301\0\t 12345");

  private FileFuzz() {}

  /// Jazzer's entry.
  public static void fuzzerTestOneInput(byte[] content) {
    Tokenizer tokenizer;
    try {
      tokenizer = new Tokenizer(TokenizerFiles.read(NAME, content));
    } catch (IllegalArgumentException e) {
      if (!String.valueOf(e.getMessage()).startsWith(NAME)) {
        throw new AssertionError("the message does not name the file: " + e.getMessage(), e);
      }
      return;
    }
    for (String text : TEXTS) {
      try {
        use(tokenizer, text);
      } catch (IllegalArgumentException e) {
        // Such as a vocabulary without a token for the unknown, or truncation to nothing.
        if (e.getMessage() == null) {
          throw new AssertionError("a refusal says nothing", e);
        }
      }
    }
    try {
      Tokenizer.fromGguf(tokenizer.toGguf());
    } catch (IllegalArgumentException e) {
      // GGUF has no room for it.
    }
    TokenizerFiles.read(NAME, tokenizer.toJson());
  }

  private static void use(Tokenizer tokenizer, String text) {
    int[] ids = tokenizer.encodeOrdinary(text);
    Encoding all = tokenizer.encoding(text, "b");
    tokenizer.decode(ids);
    tokenizer.decode(all.ids(), true);
    for (int i = 0; i < all.size(); i++) {
      // A post-processor may name ids that no token has.
      if (all.start(i) < 0 || all.end(i) < all.start(i)) {
        throw new AssertionError("token %d spans %d … %d".formatted(i, all.start(i), all.end(i)));
      }
    }
  }

  /// Small files of every kind, to begin with.
  static List<byte[]> seeds() {
    var seeds = new ArrayList<byte[]>();
    String around =
        "\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true},{\"id\":1,\"content\":\"<s>\",\"lstrip\":true,"
            + "\"special\":true}],\"truncation\":{\"max_length\":8,\"strategy\":\"LongestFirst\",\"stride\":1,\"direction\":\"Right\"},"
            + "\"padding\":{\"strategy\":\"BatchLongest\",\"direction\":\"Right\",\"pad_to_multiple_of\":null,\"pad_id\":0,"
            + "\"pad_type_id\":0,\"pad_token\":\"<unk>\"},";
    String processor =
        "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}},"
            + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},"
            + "{\"Sequence\":{\"id\":\"B\",\"type_id\":1}}],\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[1],\"tokens\":[\"<s>\"]}}},";
    String[] normalizers = {
      "null",
      "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFKC\"},{\"type\":\"Replace\",\"pattern\":{\"Regex\":\""
          + " {2,}\"},\"content\":\" \"},"
          + "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true},{\"type\":\"Lowercase\"}]}",
      "{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,\"strip_accents\":null,\"lowercase\":true}",
      "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"▁\"},"
          + "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}]}",
    };
    String[] cuts = {
      "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true}",
      "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\p{L}+(?!x)|[^\\\\s]{1,3}\"},"
          + "\"behavior\":\"MergedWithNext\",\"invert\":false},{\"type\":\"Digits\",\"individual_digits\":true}]}",
      "{\"type\":\"BertPreTokenizer\"}",
      "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"first\",\"split\":true}",
    };
    String[] decoders = {
      "{\"type\":\"ByteLevel\"}",
      "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"▁\"},\"content\":\""
          + " \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\""
          + " \",\"start\":1,\"stop\":0}]}",
      "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}",
      "null",
    };
    String[] models = {
      "{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":\"<unk>\",\"fuse_unk\":true,\"byte_fallback\":true,\"ignore_merges\":false,\"vocab\":{\"<unk>\":0,\"<s>\":1,\"a\":2,\"b\":3,\"ab\":4,\"▁\":5,\"▁ab\":6,\"<0x0A>\":7},\"merges\":[[\"a\",\"b\"],\"▁"
          + " ab\"]}",
      "{\"type\":\"Unigram\",\"unk_id\":0,\"byte_fallback\":false,\"vocab\":[[\"<unk>\",0],[\"<s>\",0],[\"▁\",-2.5],[\"a\",-3],[\"▁a\",-4.5]]}",
      "{\"type\":\"WordPiece\",\"unk_token\":\"<unk>\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":10,"
          + "\"vocab\":{\"<unk>\":0,\"<s>\":1,\"hello\":2,\"##b\":3,\"a\":4,\"世\":5}}",
      "{\"type\":\"WordLevel\",\"unk_token\":\"<unk>\",\"vocab\":{\"<unk>\":0,\"<s>\":1,\"hello\":2,\"a\":3}}",
    };
    for (int i = 0; i < 4; i++) {
      for (int k = 0; k < 4; k++) {
        seeds.add(
            ("{"
                    + around
                    + "\"normalizer\":"
                    + normalizers[k]
                    + ",\"pre_tokenizer\":"
                    + cuts[(i + k) % 4]
                    + ","
                    + processor
                    + "\"decoder\":"
                    + decoders[k]
                    + ",\"model\":"
                    + models[i]
                    + "}")
                .getBytes(StandardCharsets.UTF_8));
      }
    }
    seeds.add(ranks());
    for (int type = 1; type <= 4; type++) {
      seeds.add(sentencePiece(type));
    }
    return seeds;
  }

  private static byte[] ranks() {
    var lines = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      lines
          .append(Base64.getEncoder().encodeToString(new byte[] {(byte) b}))
          .append(' ')
          .append(b)
          .append('\n');
    }
    return lines.append("YWI= 256\nYWJj 257\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] sentencePiece(int type) {
    var out = new ByteArrayOutputStream();
    String[] pieces = {"<unk>", "<s>", "▁", "a", "b", "▁a", "ab", "<x>"};
    int[] kinds = {2, 3, 1, 1, 1, 1, 1, 4};
    for (int i = 0; i < pieces.length; i++) {
      byte[] piece = pieces[i].getBytes(StandardCharsets.UTF_8);
      out.writeBytes(new byte[] {10, (byte) (piece.length + 9), 10, (byte) piece.length});
      out.writeBytes(piece);
      int bits = Float.floatToIntBits(-i);
      out.writeBytes(
          new byte[] {
            21,
            (byte) bits,
            (byte) (bits >> 8),
            (byte) (bits >> 16),
            (byte) (bits >> 24),
            24,
            (byte) kinds[i]
          });
    }
    out.writeBytes(new byte[] {18, 2, 24, (byte) type, 26, 4, 24, 1, 32, 1});
    return out.toByteArray();
  }

  /// Leaves the seeds in a folder.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    List<byte[]> seeds = seeds();
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(folder.resolve("seed-" + i), seeds.get(i));
    }
  }
}
