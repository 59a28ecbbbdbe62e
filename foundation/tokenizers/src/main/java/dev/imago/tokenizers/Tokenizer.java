// Past 400 lines: the public face of all parts, near half of it javadoc.
package dev.imago.tokenizers;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.added.AddedVocabulary;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import dev.imago.tokenizers.bytelevel.IntList;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.formats.VocabularyFile;
import dev.imago.tokenizers.models.BpeModel;
import dev.imago.tokenizers.models.TokenModel;
import dev.imago.tokenizers.models.UnigramModel;
import dev.imago.tokenizers.models.WordLevelModel;
import dev.imago.tokenizers.models.WordPieceModel;
import dev.imago.tokenizers.models.WordsModel;
import dev.imago.tokenizers.processors.PostProcessor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Text to ids and back, with the ids of the library that the file comes from: Hugging Face
/// tokenizers, SentencePiece, tiktoken or llama.cpp. Immutable and thread-safe.
///
/// ```java
/// Tokenizer tokenizer = Tokenizer.load(Path.of("tokenizer.json"));
/// int[] ids = tokenizer.encodeOrdinary("public static void main");
/// String text = tokenizer.decode(ids);
/// Encoding pair = tokenizer.encoding("Who?", "Me.");     // [CLS] who ? [SEP] me . [SEP]
/// ```
///
/// A tokenizer is a chain of parts. Added tokens are found in the text; what lies between them is
/// normalised and cut into pieces; the model turns each piece into tokens; a post-processor puts
/// around them what a model expects. [#encode] and [#encodeOrdinary] give ids and nothing around
/// them; [#encoding] gives everything. Byte-level BPE with a well-known pattern takes a path of its
/// own to ids, an order of magnitude faster.
///
/// An unpaired surrogate counts as `?`.
public final class Tokenizer {
  private final TokenizerParts parts;
  private final TokenModel model;

  /// The model without the tokens that ordinary text may not give.
  private final TokenModel ordinaryModel;

  private final AddedVocabulary added;
  private final @Nullable String[] spellings;
  private final boolean[] special;
  private final boolean[] addedById;
  private final Optional<SplitPattern> pattern;
  private final @Nullable FastPath fast;

  /// Byte-level spellings stand for bytes; others for characters.
  private final boolean byteLevel;

  /// A tokenizer of parts, whatever file or trainer they come from.
  public Tokenizer(TokenizerParts parts) {
    this.parts = parts;
    this.model = parts.model();
    this.added = parts.added();
    int bound = Math.max(model.bound(), added.bound());
    spellings = new String[bound];
    special = new boolean[bound];
    addedById = new boolean[bound];
    for (int id = 0; id < model.bound(); id++) {
      spellings[id] = model.token(id);
    }
    for (int id = 0; id < model.bound(); id++) {
      String spelling = spellings[id];
      special[id] = spelling != null && added.isSpecial(spelling);
    }
    for (AddedToken token : added.tokens()) {
      // One that is looked for in normalised text is shown as it is found there.
      spellings[token.id()] =
          token.normalized()
              ? parts.normalizer().apply(AlignedText.ofUntracked(token.content())).text()
              : token.content();
      addedById[token.id()] = true;
      special[token.id()] |= added.isSpecial(token.content());
    }
    ordinaryModel = model.without(id -> id < special.length && special[id]);
    pattern = KnownSplits.of(parts.preTokenizer());
    fast = FastPath.of(model, pattern, special);
    byteLevel = KnownSplits.isByteLevel(parts.preTokenizer());
  }

  /// What it is made of.
  public TokenizerParts parts() {
    return parts;
  }

  /// Where what is too long is cut, by the file's truncation: the end, where it has none.
  public Side truncationSide() {
    Truncation truncation = parts.truncation();
    return truncation == null ? Side.RIGHT : truncation.direction();
  }

  /// Reads a tokenizer: a `tokenizer.json`, a SentencePiece model or tiktoken's ranks, told apart
  /// by what is in them.
  ///
  /// @throws IllegalArgumentException naming the file, the place that is broken and what would mend
  ///   it
  /// @throws java.io.UncheckedIOException when the file cannot be read
  public static Tokenizer load(Path file) {
    return new Tokenizer(TokenizerFiles.read(file));
  }

  /// A byte-level BPE tokenizer from its parts.
  ///
  /// @param tokens by id, in byte-level spelling; special ones as they are written
  /// @param merges by rank, each two tokens with a space between
  /// @param special the ids of control tokens
  /// @throws IllegalArgumentException naming the merge or the id that does not fit the tokens
  public static Tokenizer fromVocabulary(
      SplitPattern pattern, List<String> tokens, List<String> merges, Set<Integer> special) {
    return new Tokenizer(ByteLevelParts.of(pattern, tokens, merges, special));
  }

  /// The tokenizer that llama.cpp makes of a GGUF file's metadata.
  ///
  /// @throws IllegalArgumentException naming the key and value that is broken or not supported
  public static Tokenizer fromGguf(GgufTokens tokens) {
    return new Tokenizer(TokenizerParts.of(VocabularyFile.of(tokens)));
  }

  /// The ids of a text in which special tokens mean themselves: for text of our own making only.
  /// Nothing is put around it.
  public int[] encode(String text) {
    return ids(text, true, null);
  }

  /// The ids of a text as text: a special token's spelling in it is only characters. For whatever
  /// users and documents say. Nothing is put around it.
  public int[] encodeOrdinary(String text) {
    return ids(text, false, null);
  }

  /// The ids that a model expects before a text, such as that of `<s>`: what the post-processor
  /// puts there. None for most tokenizers of bytes.
  public int[] beginning() {
    if (parts.postProcessor() == null) {
      return new int[0];
    }
    Encoding around = encoding("a", EncodeOptions.ORDINARY.withAddedSpecialTokens(true));
    int count = 0;
    while (count < around.size() && around.special(count)) {
      count++;
    }
    return count == around.size() ? new int[0] : Arrays.copyOf(around.ids(), count);
  }

  /// The same tokenizer with more control tokens: what ends a model's answers, say, which files do
  /// not always mark. No ordinary text gives them.
  ///
  /// @throws IllegalArgumentException for an id that is none of this vocabulary's
  public Tokenizer withControl(Set<Integer> ids) {
    List<Integer> unmarked =
        ids.stream().filter(id -> !special(id) && spelling(id) != null).toList();
    if (unmarked.isEmpty()) {
      return this;
    }
    var tokens = new ArrayList<AddedToken>();
    added.tokens().stream().filter(t -> !unmarked.contains(t.id())).forEach(tokens::add);
    unmarked.forEach(id -> tokens.add(AddedToken.control(id, token(id))));
    return new Tokenizer(parts.withAdded(TokenizerParts.given(tokens, model, parts.normalizer())));
  }

  /// The ids of a text that was made of parts of ours and parts of others.
  ///
  /// @param restore applied to the text between added tokens, which may then spell a special token,
  ///   yet not mean it
  public int[] encodeGuarded(String text, UnaryOperator<String> restore) {
    return ids(text, true, restore);
  }

  private int[] ids(String text, boolean withSpecial, @Nullable UnaryOperator<String> restore) {
    var out = new IntList();
    boolean ordinary = !withSpecial || restore != null;
    FastPath.Run run = fast == null ? null : fast.run(ordinary, out);
    added.split(
        AlignedText.ofUntracked(run == null ? paired(text) : text),
        withSpecial,
        new AddedVocabulary.Segments() {
          @Override
          public void text(AlignedText segment) {
            AlignedText whole =
                restore == null ? segment : segment.untracked(restore.apply(segment.text()));
            if (run != null) {
              run.encode(whole.text());
              return;
            }
            TokenModel used = ordinary ? ordinaryModel : model;
            parts
                .preTokenizer()
                .split(whole, piece -> used.tokenize(piece.text(), (id, _, _, _) -> out.add(id)));
          }

          @Override
          public void token(int id, AlignedText surface) {
            out.add(id);
          }
        });
    if (run != null) {
      run.close();
    }
    return out.toArray();
  }

  /// Everything about a text, with what the post-processor puts around it.
  public Encoding encoding(String text) {
    return encoding(text, EncodeOptions.DEFAULT);
  }

  /// Everything about a text and its pair, with what the post-processor puts around and between.
  public Encoding encoding(String text, String pair) {
    return encoding(text, pair, EncodeOptions.DEFAULT);
  }

  /// Everything about a text.
  public Encoding encoding(String text, EncodeOptions options) {
    return encoding(text, null, options);
  }

  /// Everything about a text and its pair.
  ///
  /// @param pair a second text, or null
  /// @throws IllegalArgumentException when the file's truncation cannot be kept to
  public Encoding encoding(String text, @Nullable String pair, EncodeOptions options) {
    Encoding padded = unpadded(text, pair, options, options.limited() ? parts.truncation() : null);
    Padding padding = options.limited() ? parts.padding() : null;
    return padding == null ? padded : padding.apply(List.of(padded)).getFirst();
  }

  /// Everything about a text and its pair, cut as said here, whatever the file says.
  ///
  /// @param pair a second text, or null
  /// @throws IllegalArgumentException when the truncation cannot be kept to
  public Encoding encoding(
      String text, @Nullable String pair, EncodeOptions options, Truncation truncation) {
    return unpadded(text, pair, options, truncation);
  }

  /// Everything about several texts, padded together where the file says so.
  public List<Encoding> encodings(List<String> texts, EncodeOptions options) {
    List<Encoding> encodings =
        texts.stream()
            .map(t -> unpadded(t, null, options, options.limited() ? parts.truncation() : null))
            .toList();
    Padding padding = options.limited() ? parts.padding() : null;
    return padding == null ? encodings : padding.apply(encodings);
  }

  private Encoding unpadded(
      String text, @Nullable String pair, EncodeOptions options, @Nullable Truncation truncation) {
    var texts = new ArrayList<Encoding>();
    texts.add(tokens(text, 0, options));
    if (pair != null) {
      texts.add(tokens(pair, 1, options));
    }
    PostProcessor processor = parts.postProcessor();
    List<Encoding> cut = texts;
    if (truncation != null) {
      int around =
          processor == null || !options.addedSpecialTokens() ? 0 : processor.added(pair != null);
      cut = truncation.less(around).apply(texts);
    }
    Encoding second = pair == null ? null : cut.getLast();
    return processor == null
        ? PostProcessor.unprocessed(cut.getFirst(), second)
        : withinCharacters(
            processor.process(cut.getFirst(), second, options.addedSpecialTokens()), text, pair);
  }

  /// A post-processor trims blanks off positions by count. Where such a blank is none of the
  /// text's, that leads into a character of two units: then nothing of it is left.
  private static Encoding withinCharacters(Encoding encoding, String text, @Nullable String pair) {
    int[] starts = encoding.starts();
    int[] ends = encoding.ends();
    boolean moved = false;
    for (int i = 0; i < starts.length; i++) {
      String from = encoding.sequence(i) == 1 && pair != null ? pair : text;
      if (encoding.sequence(i) != Encoding.NONE) {
        if (splits(from, starts[i])) {
          starts[i]++;
          moved = true;
        }
        if (splits(from, ends[i])) {
          ends[i] += ends[i] < starts[i] ? 1 : -1;
          moved = true;
        }
      }
    }
    return moved ? encoding.withOffsets(starts, ends) : encoding;
  }

  private static boolean splits(String text, int at) {
    return at > 0
        && at < text.length()
        && Character.isLowSurrogate(text.charAt(at))
        && Character.isHighSurrogate(text.charAt(at - 1));
  }

  private Encoding tokens(String text, int typeId, EncodeOptions options) {
    Encoding.Builder out = Encoding.builder();
    TokenModel used = options.specialTokensInText() ? model : ordinaryModel;
    var words = new int[1];
    added.split(
        AlignedText.of(paired(text)),
        options.specialTokensInText(),
        new AddedVocabulary.Segments() {
          @Override
          public void text(AlignedText segment) {
            parts
                .preTokenizer()
                .split(
                    segment,
                    piece -> {
                      int word = words[0]++;
                      used.tokenize(
                          piece.text(),
                          (id, from, to, spelling) ->
                              out.add(
                                  id,
                                  spelling == null ? Tokenizer.this.token(id) : spelling,
                                  from < to ? piece.originStart(from) : from,
                                  from < to ? piece.originEnd(to - 1) : to,
                                  word,
                                  typeId,
                                  false));
                    });
          }

          @Override
          public void token(int id, AlignedText surface) {
            int last = surface.length() - 1;
            out.add(
                id,
                surface.text(),
                surface.originStart(0),
                surface.originEnd(last),
                words[0]++,
                typeId,
                false);
          }
        });
    return out.build();
  }

  /// The text with `?` for each unpaired surrogate, which no encoding of Unicode can hold.
  private static String paired(String text) {
    StringBuilder changed = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      changed = changed == null ? new StringBuilder(text) : changed;
      changed.setCharAt(i, '?');
    }
    return changed == null ? text : changed.toString();
  }

  /// The text of ids, special tokens too. Bytes that are no UTF-8 become U+FFFD.
  public String decode(int[] ids) {
    return decode(ids, false);
  }

  /// The text of ids.
  ///
  /// @param skipSpecial whether special tokens are left out
  public String decode(int[] ids, boolean skipSpecial) {
    TextStream stream = stream(skipSpecial);
    for (int id : ids) {
      stream.feed(id);
    }
    return stream.finish();
  }

  /// Text from ids as they come, special tokens left out.
  public TextStream stream() {
    return stream(true);
  }

  public TextStream stream(boolean skipSpecial) {
    Decoder decoder = parts.decoder();
    return new TextStream(this, decoder == null ? Decoder.JOIN : decoder, skipSpecial);
  }

  /// One more than the largest id.
  public int vocabularySize() {
    return spellings.length;
  }

  /// One more than the largest id that plain text becomes: special ones may lie beyond it.
  public int textSize() {
    int size = spellings.length;
    while (size > 0 && (special[size - 1] || spellings[size - 1] == null)) {
      size--;
    }
    return size;
  }

  /// The id of a token by its spelling in the file: in byte-level ones, a space is `Ġ`.
  public OptionalInt id(String token) {
    OptionalInt id = added.id(token);
    return id.isPresent() ? id : model.id(token);
  }

  /// The spelling of a token, as `tokenizer.json` has it; empty for an id that the vocabulary
  /// leaves out.
  public String token(int id) {
    String token = spellings[check(id)];
    return token == null ? "" : token;
  }

  /// The first id that stands for another token in the other tokenizer, or for none: a model that
  /// learned the other's ids reads nonsense from there on. Empty where there is no such id.
  public OptionalInt firstUnlike(Tokenizer other) {
    for (int id = 0; id < spellings.length; id++) {
      if (spellings[id] != null
          && (id >= other.spellings.length || !spellings[id].equals(other.spellings[id]))) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  /// The spelling of a token, or null where there is none.
  @Nullable String spelling(int id) {
    return spellings[check(id)];
  }

  /// The bytes that a token stands for in the midst of a text: of a byte-level token, its bytes; of
  /// another, its text in UTF-8 with what marks the edges of words read as the decoder reads it.
  public byte[] bytes(int id) {
    String token = token(id);
    if (byteLevel && !addedById[id]) {
      return ByteLevel.bytes(token);
    }
    if (token.length() == 6 && token.startsWith("<0x") && token.endsWith(">")) {
      try {
        return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
      } catch (NumberFormatException e) {
        // A token like any.
      }
    }
    return special[id]
        ? token.getBytes(StandardCharsets.UTF_8)
        : inText(id).getBytes(StandardCharsets.UTF_8);
  }

  /// A decoder treats the first token and the last in ways of its own; between two others it does
  /// not.
  private String inText(int id) {
    OptionalInt letter = id("a").isPresent() ? id("a") : id("▁");
    if (letter.isEmpty()) {
      return decode(new int[] {id});
    }
    int a = letter.getAsInt();
    String with = decode(new int[] {a, id, a});
    String without = decode(new int[] {a, a});
    String before = decode(new int[] {a});
    int from = Math.min(before.length(), with.length());
    int to = Math.max(from, with.length() - (without.length() - before.length()));
    return with.substring(from, to);
  }

  /// Whether a token is a control token, which ordinary text never gives.
  public boolean special(int id) {
    return special[check(id)];
  }

  /// Whether a token is looked for in text before the text is split: special ones, and others that
  /// were added to the vocabulary by hand.
  public boolean added(int id) {
    return addedById[check(id)];
  }

  /// The kind of the model: `BPE`, `WordPiece`, `Unigram` or `WordLevel`.
  public String kind() {
    return switch (model) {
      case BpeModel _ -> "BPE";
      case WordPieceModel _ -> "WordPiece";
      case UnigramModel _ -> "Unigram";
      case WordLevelModel _ -> "WordLevel";
      case WordsModel _ -> "Words";
    };
  }

  /// The merges by rank, each two tokens in their spelling with a space between, as GGUF has them;
  /// none where the model is not BPE.
  public List<String> merges() {
    return model instanceof BpeModel bpe
        ? bpe.merges().stream().map(m -> token(m.left()) + " " + token(m.right())).toList()
        : List.of();
  }

  /// The pattern that text is split by, where it is one that has a name.
  public Optional<SplitPattern> pattern() {
    return pattern;
  }

  /// What it is made of: the parts under their names in `tokenizer.json`, each with its kind, such
  /// as `Split, ByteLevel`.
  public SequencedMap<String, String> kinds() {
    return TokenizerJson.kinds(parts);
  }

  /// The content of a `tokenizer.json` that Hugging Face tokenizers loads and encodes with the same
  /// ids.
  public byte[] toJson() {
    return TokenizerJson.write(parts);
  }

  /// What GGUF says of this tokenizer, of which llama.cpp and [#fromGguf] make the same ids.
  ///
  /// @throws IllegalArgumentException naming the part that GGUF has no room for
  public GgufTokens toGguf() {
    return GgufWriting.of(this);
  }

  /// The content of the `tokenizer_config.json` beside it, from which transformers loads a
  /// `PreTrainedTokenizerFast`: no token begins a text, `endOfText` ends and pads one.
  ///
  /// @param chatTemplate the Jinja, such as ChatML
  /// @param maxLength the tokens past which transformers warns
  /// @throws IllegalArgumentException when `endOfText` is no special token of this tokenizer
  public byte[] toConfigJson(String chatTemplate, String endOfText, int maxLength) {
    OptionalInt id = id(endOfText);
    if (id.isEmpty() || !special(id.getAsInt())) {
      throw new IllegalArgumentException(
          "«" + endOfText + "» is no special token of this tokenizer, so it cannot end a text");
    }
    return TokenizerConfigJson.write(this, chatTemplate, endOfText, maxLength);
  }

  /// The content of a `tokenizer_config.json` from which transformers loads a
  /// `PreTrainedTokenizerFast` with the roles that special tokens have by their usual spellings:
  /// `[CLS]`, `<s>`, `</s>`, `<pad>` and so on; and that of the unknown.
  public byte[] toConfigJson() {
    return TokenizerConfigJson.write(this);
  }

  /// The spellings of the special tokens: what must not come from a user.
  public List<String> specialSpellings() {
    return added.tokens().stream().filter(AddedToken::special).map(AddedToken::content).toList();
  }

  private int check(int id) {
    if (id < 0 || id >= spellings.length) {
      throw new IllegalArgumentException(
          "id %d is not in 0 … %d: these ids are another vocabulary's"
              .formatted(id, spellings.length - 1));
    }
    return id;
  }
}
