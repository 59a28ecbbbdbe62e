package dev.imago.annotate;

import dev.imago.annotate.Annotate.Config;
import dev.imago.core.EnvironmentException;
import dev.imago.data.Document;
import java.util.ArrayList;
import java.util.List;

/// All labellers, each for its kind of document: the tag `kind` tells prose from code.
final class Labellers {
  private final Labeller code;
  private final Labeller prose;

  /// @throws EnvironmentException where the runtime has no compiler, without which the labeller of
  ///   Java is not even loaded
  Labellers(Config config) {
    if (ModuleLayer.boot().findModule("jdk.compiler").isEmpty()) {
      throw new EnvironmentException(
          "this Java runtime has no compiler (module jdk.compiler), which reads the sources; run"
              + " with a whole JDK 25");
    }
    code = new JavaDocLabeller(config);
    prose = new ContinuationLabeller(config);
  }

  List<String> names() {
    return List.of(code.name(), prose.name());
  }

  Labeller of(Document document) {
    return "prose".equals(document.tags().get("kind")) ? prose : code;
  }

  /// Labels documents of any kind, in their order; each labeller is called once.
  List<Labeller.Labelled> label(List<Document> documents) {
    var labelled = new ArrayList<Labeller.Labelled>(documents.size());
    var forCode = ask(code, documents);
    var forProse = ask(prose, documents);
    for (Document document : documents) {
      labelled.add((of(document) == code ? forCode : forProse).next());
    }
    return labelled;
  }

  private java.util.Iterator<Labeller.Labelled> ask(Labeller labeller, List<Document> documents) {
    return labeller
        .label(documents.stream().filter(document -> of(document) == labeller).toList())
        .iterator();
  }
}
