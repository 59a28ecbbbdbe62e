package dev.imago.text;

import dev.imago.text.bytelevel.ByteLevel;
import dev.imago.text.bytelevel.ByteLevelBpe;
import dev.imago.text.bytelevel.Encoder;
import dev.imago.text.bytelevel.IntList;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Text to ids and back, with the ids of Hugging Face tokenizers for the same `tokenizer.json`.
/// Byte-level BPE: any text encodes, and decodes to itself. Immutable and thread-safe.
///
/// ```java
/// Tokenizer tokenizer = Tokenizer.load(Path.of("tokenizer.json"));
/// int[] ids = tokenizer.encodeOrdinary("public static void main");
/// String text = tokenizer.decode(ids);
/// ```
public final class Tokenizer {
  private final Normalizer normalizer;
  private final SplitPattern pattern;
  private final List<@Nullable String> tokens;
  private final List<ByteLevelBpe.Merge> merges;
  private final List<AddedToken> added;

  private final Map<String, Integer> ids = new HashMap<>();
  private final byte[][] bytes;
  private final boolean[] special;
  private final AddedTokens rawTokens;
  private final AddedTokens normalizedTokens;

  /// Encoders at rest: one a thread that ever encoded at the same time as others.
  private final Queue<Encoder> encoders = new ConcurrentLinkedQueue<>();

  private final Queue<Encoder> ordinaryEncoders;
  private final ByteLevelBpe bpe;
  private final ByteLevelBpe ordinaryBpe;
  private final boolean ignoreMerges;

  /// @param tokens by id, byte-level spelling; null where there is no such id
  /// @param merges in the order of their ranks
  /// @param ignoreMerges whether a word that the vocabulary holds is taken whole
  Tokenizer(
      Normalizer normalizer,
      SplitPattern pattern,
      List<@Nullable String> tokens,
      List<ByteLevelBpe.Merge> merges,
      List<AddedToken> added,
      boolean ignoreMerges) {
    this.normalizer = normalizer;
    this.pattern = pattern;
    this.tokens = new ArrayList<>(tokens);
    this.merges = List.copyOf(merges);
    this.added = List.copyOf(added);
    this.ignoreMerges = ignoreMerges;
    this.bytes = new byte[tokens.size()][];
    this.special = new boolean[tokens.size()];
    for (int id = 0; id < bytes.length; id++) {
      String token = tokens.get(id);
      bytes[id] = token == null ? new byte[0] : ByteLevel.bytes(token);
      if (token != null) {
        ids.put(token, id);
      }
    }
    for (AddedToken token : added) {
      special[token.id()] |= token.special();
    }
    rawTokens = new AddedTokens(added.stream().filter(t -> !t.normalized()).toList());
    normalizedTokens =
        new AddedTokens(
            added.stream().filter(AddedToken::normalized).map(this::normalize).toList());
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = ids.getOrDefault(String.valueOf(ByteLevel.spell(b)), -1);
    }
    bpe =
        new ByteLevelBpe(
            pattern.splitter(), byteIds, merges, ignoreMerges ? wholePieces() : new byte[0][]);
    // Merges could spell a special token out of ordinary text: there they are left out.
    boolean reachable = ignoreMerges || merges.stream().anyMatch(m -> special[m.merged()]);
    ordinaryBpe = reachable ? bpe.without(id -> special[id]) : bpe;
    ordinaryEncoders = reachable ? new ConcurrentLinkedQueue<>() : encoders;
  }

  /// By id: the bytes of what the vocabulary spells in byte level.
  private byte[][] wholePieces() {
    byte[][] pieces = new byte[bytes.length][];
    for (int id = 0; id < pieces.length; id++) {
      String token = tokens.get(id);
      byte[] spelt = token == null ? null : ByteLevel.bytesOrNull(token);
      pieces[id] = spelt == null ? new byte[0] : spelt;
    }
    return pieces;
  }

  private AddedToken normalize(AddedToken t) {
    String content = normalizer.apply(t.content());
    return new AddedToken(
        t.id(), content, t.singleWord(), t.leftStrip(), t.rightStrip(), true, t.special());
  }

  /// Reads a `tokenizer.json`.
  ///
  /// @throws IllegalArgumentException naming the file and the part that is broken or of a kind that
  ///   is not supported
  /// @throws java.io.UncheckedIOException when the file cannot be read
  public static Tokenizer load(Path tokenizerJson) {
    return TokenizerJson.read(tokenizerJson);
  }

  /// A tokenizer from its parts, as GGUF has them.
  ///
  /// @param tokens by id, in byte-level spelling; special ones as they are written
  /// @param merges by rank, each two tokens with a space between
  /// @param special the ids of control tokens
  /// @throws IllegalArgumentException naming the merge or the id that does not fit the tokens
  public static Tokenizer fromVocabulary(
      SplitPattern pattern, List<String> tokens, List<String> merges, Set<Integer> special) {
    var ids = new HashMap<String, Integer>();
    for (int id = 0; id < tokens.size(); id++) {
      ids.putIfAbsent(tokens.get(id), id);
    }
    var parsed = new ArrayList<ByteLevelBpe.Merge>(merges.size());
    for (String merge : merges) {
      int space = merge.indexOf(' ', 1); // a token is never empty, but may begin with anything
      Integer left = ids.get(merge.substring(0, Math.max(0, space)));
      Integer right = ids.get(merge.substring(space + 1));
      Integer merged = ids.get(merge.substring(0, Math.max(0, space)) + merge.substring(space + 1));
      if (left == null || right == null || merged == null) {
        throw new IllegalArgumentException(
            "merge %d, «%s», is no pair of tokens whose merge is a token"
                .formatted(parsed.size(), merge));
      }
      parsed.add(new ByteLevelBpe.Merge(left, right, merged));
    }
    var added = new ArrayList<AddedToken>();
    for (int id : special.stream().sorted().toList()) {
      if (id < 0 || id >= tokens.size() || tokens.get(id).isEmpty()) {
        throw new IllegalArgumentException(
            "the special id %d is none of the %d tokens".formatted(id, tokens.size()));
      }
      added.add(AddedToken.control(id, tokens.get(id)));
    }
    return new Tokenizer(
        new Normalizer.None(), pattern, new ArrayList<>(tokens), parsed, added, false);
  }

  /// The ids of a text in which special tokens mean themselves: for text of our own making only. An
  /// unpaired surrogate counts as `?`.
  public int[] encode(String text) {
    return encode(text, true, UnaryOperator.identity());
  }

  /// The ids of a text as text: a special token's spelling in it is only characters. For whatever
  /// users and documents say.
  public int[] encodeOrdinary(String text) {
    return encode(text, false, UnaryOperator.identity());
  }

  /// @param restore applied to the text between added tokens
  int[] encode(String text, boolean withSpecial, UnaryOperator<String> restore) {
    Queue<Encoder> pool = withSpecial ? encoders : ordinaryEncoders;
    Encoder encoder = pool.poll();
    if (encoder == null) {
      encoder = (withSpecial ? bpe : ordinaryBpe).encoder();
    }
    Encoder e = encoder;
    var out = new IntList();
    rawTokens.split(
        text,
        withSpecial,
        raw -> {
          if (raw.id() >= 0) {
            out.add(raw.id());
            return;
          }
          normalizedTokens.split(
              normalizer.apply(raw.text()),
              withSpecial,
              normal -> {
                if (normal.id() >= 0) {
                  out.add(normal.id());
                } else {
                  byte[] utf8 = restore.apply(normal.text()).getBytes(StandardCharsets.UTF_8);
                  e.encode(utf8, 0, utf8.length, out);
                }
              });
        });
    // An encoder that failed on its way here is not put back.
    pool.add(e);
    return out.toArray();
  }

  /// The text of ids, special tokens too. Bytes that are no UTF-8 become U+FFFD.
  public String decode(int[] ids) {
    return decode(ids, false);
  }

  /// The text of ids.
  ///
  /// @param skipSpecial whether special tokens are left out
  public String decode(int[] ids, boolean skipSpecial) {
    var out = new ByteArrayOutputStream(ids.length * 4);
    for (int id : ids) {
      if (!(skipSpecial && special(id))) {
        out.writeBytes(bytes(id));
      }
    }
    byte[] utf8 = out.toByteArray();
    LossyUtf8.breakSurrogates(utf8, 0, utf8.length);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /// Text from ids as they come, special tokens left out.
  public TextStream stream() {
    return stream(true);
  }

  public TextStream stream(boolean skipSpecial) {
    return new TextStream(this, skipSpecial);
  }

  /// One more than the largest id.
  public int vocabularySize() {
    return bytes.length;
  }

  /// The id of a token by its byte-level spelling, in which a space is `Ġ`.
  public OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /// The byte-level spelling of a token, as `tokenizer.json` has it; empty for an id that the
  /// vocabulary leaves out.
  public String token(int id) {
    String token = tokens.get(check(id));
    return token == null ? "" : token;
  }

  /// The bytes that a token stands for.
  public byte[] bytes(int id) {
    return bytes[check(id)].clone();
  }

  /// Whether a token is a control token, which ordinary text never gives.
  public boolean special(int id) {
    return special[check(id)];
  }

  /// Whether a token is looked for in text before the text is split: special ones, and others that
  /// were added to the vocabulary by hand.
  public boolean added(int id) {
    check(id);
    return added.stream().anyMatch(t -> t.id() == id);
  }

  /// The merges by rank, each two tokens in byte-level spelling with a space between, as GGUF has
  /// them.
  public List<String> merges() {
    return merges.stream().map(m -> token(m.left()) + " " + token(m.right())).toList();
  }

  /// The pattern that text is split by.
  public SplitPattern pattern() {
    return pattern;
  }

  /// The content of a `tokenizer.json` that Hugging Face tokenizers loads and encodes with the same
  /// ids.
  public byte[] toJson() {
    return TokenizerJson.write(this);
  }

  /// The content of the `tokenizer_config.json` beside it, from which transformers loads a
  /// `PreTrainedTokenizerFast`: no token begins a text, `endOfText` ends and pads one.
  ///
  /// @param chatTemplate the Jinja, such as [ChatTemplate#CHATML]
  /// @param maxLength the tokens past which transformers warns
  /// @throws IllegalArgumentException when `endOfText` is no special token of this tokenizer
  public byte[] toConfigJson(String chatTemplate, String endOfText, int maxLength) {
    OptionalInt id = id(endOfText);
    if (id.isEmpty() || !special(id.getAsInt())) {
      throw new IllegalArgumentException(
          "«" + endOfText + "» is no special token of this tokenizer, so it cannot end a text");
    }
    return TokenizerJson.writeConfig(this, chatTemplate, endOfText, maxLength);
  }

  Normalizer normalizer() {
    return normalizer;
  }

  List<ByteLevelBpe.Merge> mergeList() {
    return merges;
  }

  List<AddedToken> addedTokens() {
    return added;
  }

  boolean ignoreMerges() {
    return ignoreMerges;
  }

  /// Finds special tokens in raw text: what must not come from a user.
  AddedTokens specialTokens() {
    return new AddedTokens(added.stream().filter(AddedToken::special).toList());
  }

  private int check(int id) {
    if (id < 0 || id >= bytes.length) {
      throw new IllegalArgumentException(
          "id %d is not in 0 … %d: these ids are another vocabulary's"
              .formatted(id, bytes.length - 1));
    }
    return id;
  }
}
