package dev.imago.tokenizers.formats;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.decoders.ByteLevelDecoder;
import dev.imago.tokenizers.models.RankedBytes;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.pretokenizers.ByteLevelPreTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// tiktoken's rank files: a token's bytes in Base64, a space, and its rank, which is its id, a line
/// each. What the file leaves out, pattern and special tokens, comes from its encoding's name.
public final class TiktokenFile {
  private static final String END_OF_TEXT = "<|endoftext|>";
  private static final String END_OF_PROMPT = "<|endofprompt|>";
  private static final String LLAMA3_END = "<|end_of_text|>";

  private static final String R50K =
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String CL100K =
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String O200K =
      "[^\\r"
          + "\\n"
          + "\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r"
          + "\\n"
          + "\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r"
          + "\\n"
          + "/]*|\\s*[\\r"
          + "\\n"
          + "]+|\\s+(?!\\S)|\\s+";

  private static final String LLAMA3 =
      CL100K.replace("'(?i:[sdmt]|ll|ve|re)", "(?i:'s|'t|'re|'ve|'m|'ll|'d)");

  private TiktokenFile() {}

  /// What a rank file leaves out.
  ///
  /// @param pattern text is split by, in Oniguruma's syntax
  /// @param special control tokens with their ids
  public record Encoding(String name, String pattern, Map<String, Integer> special) {
    public Encoding {
      special = new LinkedHashMap<>(special);
    }

    /// The encodings that OpenAI published, by tiktoken's names.
    public static final List<Encoding> KNOWN =
        List.of(
            new Encoding("r50k_base", R50K, Map.of(END_OF_TEXT, 50256)),
            new Encoding("p50k_base", R50K, Map.of(END_OF_TEXT, 50256)),
            new Encoding(
                "p50k_edit",
                R50K,
                Map.of(
                    END_OF_TEXT,
                    50256,
                    "<|fim_prefix|>",
                    50281,
                    "<|fim_middle|>",
                    50282,
                    "<|fim_suffix|>",
                    50283)),
            new Encoding(
                "cl100k_base",
                CL100K,
                Map.of(
                    END_OF_TEXT,
                    100257,
                    "<|fim_prefix|>",
                    100258,
                    "<|fim_middle|>",
                    100259,
                    "<|fim_suffix|>",
                    100260,
                    END_OF_PROMPT,
                    100276)),
            new Encoding("o200k_base", O200K, Map.of(END_OF_TEXT, 199999, END_OF_PROMPT, 200018)),
            new Encoding("llama3", LLAMA3, llama3()));

    /// Meta's `tokenizer.model` of Llama 3 is tiktoken's ranks under a name that tells nothing, and
    /// is known by how many there are.
    private static final int LLAMA3_RANKS = 128_000;

    /// As Meta's `tokenizer.py` numbers them, from the ranks on.
    private static Map<String, Integer> llama3() {
      var names = new ArrayList<String>(List.of("<|begin_of_text|>", LLAMA3_END));
      for (int i = 0; i < 251; i++) {
        if (i == 4) {
          names.addAll(List.of("<|start_header_id|>", "<|end_header_id|>"));
        }
        names.add("<|reserved_special_token_" + i + "|>");
        if (i == 4) {
          names.add("<|eot_id|>");
        }
      }
      var ids = new LinkedHashMap<String, Integer>();
      names.forEach(name -> ids.put(name, 128_000 + ids.size()));
      return ids;
    }

    /// The encoding of a rank file: told by its name, or by how many ranks it has.
    ///
    /// @throws IllegalArgumentException saying how to name the file
    static Encoding of(String name, byte[] content) {
      int lines = 0;
      for (int i = 0; i < content.length; i++) {
        boolean ends = content[i] == '\n' || i == content.length - 1;
        lines += ends && i > 0 && content[i - 1] != '\n' ? 1 : 0;
      }
      return lines == LLAMA3_RANKS ? named("llama3") : named(name);
    }

    /// One of the known, by its name or by that of its rank file.
    ///
    /// @throws IllegalArgumentException naming those known
    public static Encoding named(String name) {
      String base =
          name.endsWith(".tiktoken")
              ? name.substring(0, name.length() - ".tiktoken".length())
              : name;
      return KNOWN.stream()
          .filter(e -> e.name().equals(base))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "%s is tiktoken's ranks, and its name tells no encoding; name it %s, whichever it is of, or take the model's tokenizer.json"
                          .formatted(
                              name,
                              String.join(
                                  ", ",
                                  KNOWN.stream().map(e -> e.name() + ".tiktoken").toList()))));
    }
  }

  /// Reads a rank file's bytes.
  ///
  /// @param file its name, for messages
  /// @throws IllegalArgumentException naming file, line and what is wrong there
  public static VocabularyParts read(String file, byte[] bytes, Encoding encoding) {
    var tokens = new ArrayList<byte[]>();
    var ranks = new ArrayList<Integer>();
    int line = 0;
    for (int from = 0, to; from < bytes.length; from = to + 1) {
      line++;
      to = from;
      while (to < bytes.length && bytes[to] != '\n') {
        to++;
      }
      String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).strip();
      if (text.isEmpty()) {
        continue;
      }
      int space = text.indexOf(' ');
      try {
        byte[] token = Base64.getDecoder().decode(text.substring(0, Math.max(0, space)));
        int rank = Integer.parseInt(text.substring(space + 1));
        if (space <= 0 || rank < 0) {
          throw new IllegalArgumentException();
        }
        tokens.add(token);
        ranks.add(rank);
      } catch (IllegalArgumentException e) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        throw wrong(
            file,
            "line "
                + line
                + " is «"
                + shown
                + "», where a token in Base64, a space and its rank are due",
            e);
      }
    }
    return parts(file, encoding, tokens, ranks);
  }

  private static VocabularyParts parts(
      String file, Encoding encoding, List<byte[]> tokens, List<Integer> ranks) {
    var added = new ArrayList<AddedToken>();
    encoding.special().entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(e -> added.add(AddedToken.control(e.getValue(), e.getKey())));
    try {
      return new VocabularyParts(
          Normalizer.NONE,
          ByteLevelPreTokenizer.after(List.of(encoding.pattern())),
          RankedBytes.model(tokens, ranks),
          new ByteLevelDecoder(true, true, true),
          added,
          OptionalInt.empty(),
          end(encoding),
          OptionalInt.empty(),
          OptionalInt.empty(),
          false,
          false,
          Optional.empty());
    } catch (IllegalArgumentException e) {
      throw wrong(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static OptionalInt end(Encoding encoding) {
    Integer id = encoding.special().getOrDefault(END_OF_TEXT, encoding.special().get(LLAMA3_END));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  private static IllegalArgumentException wrong(String file, String what, Exception cause) {
    return new IllegalArgumentException(
        file + ": " + what + "; get the file again from where it came", cause);
  }
}
