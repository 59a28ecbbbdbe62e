package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Looks for documents by id in the corpora of a workspace, and for what was made of these.
final class CorpusSearch {
  private static final List<String> SPLITS =
      List.of("raw", Split.TRAIN.fileName(), Split.HELDOUT.fileName(), "rejects");

  private final Workspace workspace;

  /// A document where it was found.
  ///
  /// @param split `raw`, `train`, `heldout` or `rejects`
  record Found(Ref corpus, String split, Document document) {}

  CorpusSearch(Workspace workspace) {
    this.workspace = workspace;
  }

  /// Wherever a document stands, or parts that were cut from it (`id#2`).
  List<Found> all(String id) {
    var found = new ArrayList<Found>();
    for (Ref ref : workspace.artifacts()) {
      if (ref.kind().equals(Artifact.kind(Corpus.class))) {
        found.addAll(in(ref, id));
      }
    }
    return found;
  }

  /// The document in one corpus, or parts that were cut from it.
  List<Found> in(Ref corpus, String id) {
    var found = new ArrayList<Found>();
    for (String split : SPLITS) {
      look(corpus, split, id, found);
    }
    return found;
  }

  private void look(Ref ref, String split, String id, List<Found> found) {
    Artifact corpus = workspace.find(ref.toString());
    try (var reader = new Documents.Reader(corpus.folder(), split, bytes -> {})) {
      while (reader.hasNext()) {
        Document document = reader.next();
        if (document.id().equals(id) || document.id().startsWith(id + "#")) {
          found.add(new Found(ref, split, document));
        }
      }
    }
  }

  /// The document of an id in one of these corpora, whichever has it first.
  Optional<Found> first(String id, List<Ref> corpora) {
    for (Ref ref : corpora) {
      for (Found each : in(ref, id)) {
        if (each.document().id().equals(id)) {
          return Optional.of(each);
        }
      }
    }
    return Optional.empty();
  }

  /// What was made from some artifacts, directly or by way of others, each with one that it was
  /// made from.
  Map<Ref, Ref> dependants(List<Ref> of) {
    var inputs = new HashMap<Ref, List<Ref>>();
    for (Ref ref : workspace.artifacts()) {
      inputs.put(ref, workspace.provenance(ref).map(Provenance::inputs).orElse(List.of()));
    }
    var made = new java.util.LinkedHashMap<Ref, Ref>();
    var names = new TreeSet<String>();
    of.forEach(ref -> names.add(ref.toString()));
    boolean more = true;
    while (more) {
      more = false;
      for (Ref ref : workspace.artifacts()) {
        Optional<Ref> from =
            inputs.getOrDefault(ref, List.of()).stream()
                .filter(input -> names.contains(input.toString()))
                .findFirst();
        if (from.isPresent() && names.add(ref.toString())) {
          made.put(ref, from.get());
          more = true;
        }
      }
    }
    return made;
  }
}
