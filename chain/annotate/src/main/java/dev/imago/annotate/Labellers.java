package dev.imago.annotate;

import dev.imago.annotate.Annotate.Config;
import dev.imago.core.EnvironmentException;
import dev.imago.data.Document;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All labellers, each for its kind of document: the tag `kind` tells prose from code.
final class Labellers {
  private final @Nullable Labeller java;
  private final Labeller prose;

  /// The labeller of Java is not even loaded where the runtime has no compiler, which only sources
  /// in Java need.
  Labellers(Config config) {
    boolean compiler = ModuleLayer.boot().findModule("jdk.compiler").isPresent();
    java = compiler ? new JavaDocLabeller(config) : null;
    prose = new ContinuationLabeller(config);
  }

  List<String> names() {
    return List.of(Labeller.JAVA_DOC, prose.name());
  }

  /// The name of the labeller of a document.
  String nameFor(Document document) {
    return isProse(document) ? prose.name() : Labeller.JAVA_DOC;
  }

  private static boolean isProse(Document document) {
    return "prose".equals(document.tags().get("kind"));
  }

  /// Labels documents of any kind, in their order; each labeller is called once.
  ///
  /// @throws EnvironmentException where one is in Java and the runtime has no compiler
  List<Labeller.Labelled> label(List<Document> documents) {
    var labelled = new ArrayList<Labeller.Labelled>(documents.size());
    var forCode = code(documents.stream().filter(d -> !isProse(d)).toList());
    var forProse = prose.label(documents.stream().filter(Labellers::isProse).toList()).iterator();
    for (Document document : documents) {
      labelled.add((isProse(document) ? forProse : forCode).next());
    }
    return labelled;
  }

  private Iterator<Labeller.Labelled> code(List<Document> documents) {
    if (java != null) {
      return java.label(documents).iterator();
    }
    for (Document document : documents) {
      if (Labeller.isJava(document)) {
        throw new EnvironmentException(
            "this Java runtime has no compiler (module jdk.compiler), which reads %s; run with a whole JDK 25"
                .formatted(document.source()));
      }
    }
    return documents.stream()
        .map(d -> new Labeller.Labelled(List.of(), List.of(Labeller.NO_JAVA)))
        .iterator();
  }
}
