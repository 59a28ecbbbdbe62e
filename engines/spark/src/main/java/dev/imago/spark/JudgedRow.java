package dev.imago.spark;

import dev.imago.corpus.BrokenRule;
import dev.imago.corpus.Judgement;
import dev.imago.corpus.TextForm;
import dev.imago.duplicates.Traits;
import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A judged document, as it lies on disks and goes over the network.
///
/// @param earlier whether it is of an earlier corpus: it is compared with, and is in no output
record JudgedRow(
    long place,
    String id,
    boolean earlier,
    String language,
    @Nullable TextForm form,
    long bytesIn,
    long bytes,
    long licence,
    @Nullable BrokenRule broken,
    @Nullable BrokenRule length,
    @Nullable Traits traits)
    implements Serializable {

  static JudgedRow of(long place, String id, Judgement judgement) {
    return new JudgedRow(
        place,
        id,
        false,
        judgement.language(),
        judgement.form().orElse(null),
        judgement.bytesIn(),
        judgement.bytes(),
        judgement.licence(),
        judgement.broken().orElse(null),
        judgement.length().orElse(null),
        judgement.traits().orElse(null));
  }

  static JudgedRow earlier(long place, String id, Traits traits) {
    return new JudgedRow(place, id, true, "", null, 0, 0, 0, null, null, traits);
  }

  JudgedRow withoutTraits() {
    return new JudgedRow(
        place, id, earlier, language, form, bytesIn, bytes, licence, broken, length, null);
  }

  /// Whether it is compared with others.
  boolean takesPart(boolean steppedBack) {
    return judgement().own(steppedBack).isEmpty();
  }

  Judgement judgement() {
    return new Judgement(
        language,
        Optional.ofNullable(form),
        bytesIn,
        bytes,
        licence,
        Optional.ofNullable(broken),
        Optional.ofNullable(length),
        Optional.ofNullable(traits));
  }
}
