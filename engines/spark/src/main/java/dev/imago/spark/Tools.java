package dev.imago.spark;

import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.extract.ExtractionSettings;
import dev.imago.prepare.EachDocument;
import dev.imago.prepare.Forgotten;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// What tasks work with. Broadcast, so that each executor makes it once: a detector of languages
/// weighs more than most partitions.
final class Tools implements Serializable {
  private static final long serialVersionUID = 1L;

  private final CorpusRules rules;
  private final Forgotten forgotten;
  private final ExtractionSettings extraction;
  private final RemoteFiles files;
  private transient @Nullable EachDocument each;

  Tools(CorpusRules rules, Forgotten forgotten, ExtractionSettings extraction, RemoteFiles files) {
    this.rules = rules;
    this.forgotten = forgotten;
    this.extraction = extraction;
    this.files = files;
  }

  CorpusRules rules() {
    return rules;
  }

  ExtractionSettings extraction() {
    return extraction;
  }

  RemoteFiles files() {
    return files;
  }

  synchronized EachDocument each() {
    EachDocument made = each;
    if (made == null) {
      made = new EachDocument(rules, forgotten);
      each = made;
    }
    return made;
  }
}
