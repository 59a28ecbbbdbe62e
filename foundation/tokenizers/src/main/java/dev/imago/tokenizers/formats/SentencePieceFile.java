package dev.imago.tokenizers.formats;

import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.decoders.SentencePieceDecoder;
import dev.imago.tokenizers.models.ScoredPieces;
import dev.imago.tokenizers.models.TokenModel;
import dev.imago.tokenizers.normalizers.SentencePieceNormalizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// SentencePiece's `.model`, a message of protocol buffers: `sentencepiece_model.proto` of
/// google/sentencepiece. Its ids and texts are SentencePiece's own; where transformers' conversions
/// differ from it, this follows SentencePiece.
public final class SentencePieceFile {
  private static final int UNIGRAM = 1;
  private static final int BPE = 2;
  private static final int WORD = 3;
  private static final int CHAR = 4;

  private final String file;
  private final List<String> pieces = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private final List<ScoredPieces.Kind> kinds = new ArrayList<>();
  private int modelType = UNIGRAM;
  private boolean byteFallback;
  private boolean whitespaceAsSuffix;
  private String unkPiece = "<unk>";
  private String bosPiece = "<s>";
  private String eosPiece = "</s>";
  private String padPiece = "<pad>";
  private String unkSurface = " \u2047 ";
  private byte[] charsMap = {};
  private boolean dummyPrefix = true;
  private boolean removeExtra = true;
  private boolean escape = true;

  private SentencePieceFile(String file) {
    this.file = file;
  }

  /// Reads a file's bytes.
  ///
  /// @param file its name, for messages
  /// @throws IllegalArgumentException naming the file, the byte and what is wrong there
  public static VocabularyParts read(String file, byte[] bytes) {
    var read = new SentencePieceFile(file);
    read.model(new ProtoReader(file, bytes));
    return read.parts();
  }

  private void model(ProtoReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> piece(in.message());
        case 2 -> trainer(in.message());
        case 3 -> normalizer(in.message());
        case 5 -> denormalizer(in.message(), in);
        default -> in.skip();
      }
    }
  }

  private void piece(ProtoReader in) {
    String piece = "";
    float score = 0;
    var kind = ScoredPieces.Kind.NORMAL;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          piece = in.string();
          if (piece.indexOf('\0') >= 0) {
            throw in.broken("piece " + pieces.size() + " holds a null character");
          }
        }
        case 2 -> score = in.real();
        case 3 -> {
          long type = in.number();
          if (type < 1 || type > ScoredPieces.Kind.values().length) {
            throw in.broken("piece " + pieces.size() + " has the type " + type);
          }
          kind = ScoredPieces.Kind.values()[(int) type - 1];
        }
        default -> in.skip();
      }
    }
    pieces.add(piece);
    scores.add(score);
    kinds.add(kind);
  }

  private void trainer(ProtoReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 3 -> {
          long type = in.number();
          if (type < UNIGRAM || type > CHAR) {
            throw in.broken("the model has the type " + type);
          }
          modelType = (int) type;
        }
        case 24 -> whitespaceAsSuffix = in.bool();
        case 35 -> byteFallback = in.bool();
        case 44 -> unkSurface = in.string();
        case 45 -> unkPiece = named(in.string(), "<unk>");
        case 46 -> bosPiece = named(in.string(), "<s>");
        case 47 -> eosPiece = named(in.string(), "</s>");
        case 48 -> padPiece = named(in.string(), "<pad>");
        default -> in.skip();
      }
    }
  }

  private static String named(String piece, String fallback) {
    return piece.isEmpty() ? fallback : piece;
  }

  private void normalizer(ProtoReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 2 -> charsMap = in.bytes();
        case 3 -> dummyPrefix = in.bool();
        case 4 -> removeExtra = in.bool();
        case 5 -> escape = in.bool();
        default -> in.skip();
      }
    }
  }

  private static void denormalizer(ProtoReader spec, ProtoReader in) {
    while (spec.next()) {
      if (spec.field() == 2 && spec.bytes().length > 0) {
        throw in.broken("there is a table for texts on their way out, which is not supported");
      }
      if (spec.field() != 2) {
        spec.skip();
      }
    }
  }

  private VocabularyParts parts() {
    if (pieces.isEmpty()) {
      throw wrong("it has no pieces");
    }
    int unkId = kinds.indexOf(ScoredPieces.Kind.UNKNOWN);
    if (unkId < 0 || unkId != kinds.lastIndexOf(ScoredPieces.Kind.UNKNOWN)) {
      throw wrong(unkId < 0 ? "no piece is the unknown's" : "more than one piece is the unknown's");
    }
    if (!byteFallback && kinds.contains(ScoredPieces.Kind.BYTE)) {
      throw wrong("it has pieces of bytes, but byte_fallback is not set");
    }
    try {
      var scored = new ScoredPieces(pieces, scores, kinds, unkId, byteFallback);
      TokenModel model =
          switch (modelType) {
            case UNIGRAM -> scored.unigram();
            case BPE -> scored.bpe();
            case WORD -> scored.words(whitespaceAsSuffix);
            default -> scored.characters();
          };
      return new VocabularyParts(
          new SentencePieceNormalizer(
              new SentencePieceNormalizer.Settings(
                  charsMap,
                  dummyPrefix,
                  removeExtra,
                  escape,
                  whitespaceAsSuffix,
                  pieces(ScoredPieces.Kind.USER_DEFINED),
                  false)),
          PreTokenizer.NONE,
          model,
          new SentencePieceDecoder(
              Set.copyOf(pieces(ScoredPieces.Kind.CONTROL)),
              pieces.get(unkId),
              unkSurface,
              byteFallback,
              dummyPrefix,
              removeExtra),
          added(unkId),
          control(bosPiece),
          control(eosPiece),
          OptionalInt.of(unkId),
          control(padPiece),
          false,
          false,
          gguf(unkId));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /// What llama.cpp's converter writes of it; nothing where llama.cpp has no tokenizer that does
  /// the same.
  private Optional<GgufTokens> gguf(int unkId) {
    boolean pairs =
        modelType == BPE && byteFallback && charsMap.length == 0 && !removeExtra && escape;
    boolean unigram = modelType == UNIGRAM && !byteFallback && escape;
    // llama.cpp puts the blank before every part of a text between the user's symbols.
    boolean cut = dummyPrefix && kinds.contains(ScoredPieces.Kind.USER_DEFINED);
    // Where it removes blanks, it puts one before every word, the first too.
    boolean before = removeExtra && !dummyPrefix;
    if (!pairs && !unigram || cut || before || whitespaceAsSuffix) {
      return Optional.empty();
    }
    var ids = new HashMap<String, Integer>();
    ids.put("unk", unkId);
    control(bosPiece).ifPresent(id -> ids.put("bos", id));
    control(eosPiece).ifPresent(id -> ids.put("eos", id));
    control(padPiece).ifPresent(id -> ids.put("pad", id));
    return Optional.of(
        new GgufTokens(
            pairs ? "llama" : "t5",
            "default",
            pieces,
            scores,
            kinds.stream().map(kind -> kind.ordinal() + 1).toList(),
            List.of(),
            charsMap,
            ids,
            Map.of(
                "add_bos_token",
                false,
                "add_eos_token",
                false,
                "add_space_prefix",
                dummyPrefix,
                "remove_extra_whitespaces",
                removeExtra)));
  }

  private List<String> pieces(ScoredPieces.Kind kind) {
    var some = new ArrayList<String>();
    for (int id = 0; id < pieces.size(); id++) {
      if (kinds.get(id) == kind) {
        some.add(pieces.get(id));
      }
    }
    return some;
  }

  private List<AddedToken> added(int unkId) {
    var added = new ArrayList<AddedToken>();
    for (int id = 0; id < pieces.size(); id++) {
      if (id == unkId || kinds.get(id) == ScoredPieces.Kind.CONTROL) {
        added.add(AddedToken.control(id, pieces.get(id)));
      }
    }
    return added;
  }

  private OptionalInt control(String piece) {
    int id = pieces.indexOf(piece);
    return id >= 0 && kinds.get(id) == ScoredPieces.Kind.CONTROL
        ? OptionalInt.of(id)
        : OptionalInt.empty();
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        file + ": " + what + "; get the file again from where it came, or train it anew");
  }
}
