package dev.imago.annotate;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import dev.imago.annotate.Annotate.Config;
import dev.imago.data.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.tools.Diagnostic;
import javax.tools.FileObject;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// Turns each documented method of a Java file into «signature → first sentence». The JDK's own
/// compiler parses file and comment; it resolves nothing, so that a file stands for itself.
final class JavaDocLabeller implements Labeller {
  private static final Labelled UNPARSED =
      new Labelled(List.of(), List.of("file that does not parse"));

  private final Config config;
  private final JavaCompiler compiler;
  private final ThreadLocal<JavaFileManager> files;

  JavaDocLabeller(Config config) {
    this.config = config;
    compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler()); // see Labellers
    // A file manager is not made for several threads, and dear to make.
    files =
        ThreadLocal.withInitial(
            () -> compiler.getStandardFileManager(d -> {}, Locale.ROOT, StandardCharsets.UTF_8));
  }

  @Override
  public String name() {
    return JAVA_DOC;
  }

  @Override
  public List<Labelled> label(List<Document> documents) {
    try {
      return parse(documents);
    } catch (RuntimeException | StackOverflowError e) {
      // A defect of the parser's, or hostile nesting: found again alone, it costs one file.
      return documents.size() == 1
          ? List.of(UNPARSED)
          : documents.stream().flatMap(d -> label(List.of(d)).stream()).toList();
    }
  }

  /// What can be said of a document without parsing it.
  private static @Nullable String passedOver(Document document) {
    if (!Labeller.isJava(document)) {
      return NO_JAVA;
    }
    boolean comments = document.text().contains("/**") || document.text().contains("///");
    return comments ? null : "file without doc comments";
  }

  private List<Labelled> parse(List<Document> documents) {
    var sources = new ArrayList<Source>();
    var labelled = new ArrayList<Labelled>();
    for (Document document : documents) {
      String reason = passedOver(document);
      if (reason == null) {
        sources.add(new Source(document.text(), labelled.size()));
      }
      labelled.add(new Labelled(List.of(), reason == null ? List.of() : List.of(reason)));
    }
    if (sources.isEmpty()) {
      return labelled;
    }
    Set<Integer> broken = new HashSet<>();
    JavacTask task =
        (JavacTask)
            compiler.getTask(
                Writer.nullWriter(),
                files.get(),
                d -> {
                  if (d.getKind() == Diagnostic.Kind.ERROR) {
                    broken.add(Source.index(Objects.requireNonNull(d.getSource())));
                  }
                },
                List.of("-proc:none", "-Xlint:none"),
                null,
                sources);
    try {
      var trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        int index = Source.index(unit.getSourceFile());
        var pairs = new ArrayList<Pair>();
        var skipped = new ArrayList<String>();
        new Methods(trees, pairs, skipped).scan(unit, null);
        labelled.set(index, new Labelled(pairs, skipped));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    broken.forEach(index -> labelled.set(index, UNPARSED));
    return labelled;
  }

  /// Visits methods that a reader of the API can see: none inside bodies and anonymous classes.
  private final class Methods extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final DocTrees trees;
    private final List<Pair> pairs;
    private final List<String> skipped;
    private String enclosing = "";
    private int ordinal;

    Methods(DocTrees trees, List<Pair> pairs, List<String> skipped) {
      this.trees = trees;
      this.pairs = pairs;
      this.skipped = skipped;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
      if (type.getSimpleName().isEmpty()) {
        return null;
      }
      String outer = enclosing;
      enclosing = (outer.isEmpty() ? "" : outer + ".") + type.getSimpleName();
      super.visitClass(type, null);
      enclosing = outer;
      return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      if (comment == null) {
        skipped.add("method without javadoc");
        return null;
      }
      ordinal++;
      String prompt = Signature.of(enclosing, method);
      Optional<String> sentence = FirstSentence.of(comment);
      String reason =
          sentence.isEmpty()
              ? "no sentence of its own"
              : prompt.length() > config.maxPromptCharacters()
                  ? "prompt too long"
                  : FirstSentence.unfit(sentence.get(), config.minWords(), config.maxWords());
      if (reason.isEmpty()) {
        pairs.add(new Pair(ordinal, prompt, sentence.orElseThrow()));
      } else {
        skipped.add(reason);
      }
      return null;
    }
  }

  /// A file that exists only as its text. The name is nobody's: only the content is parsed.
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    /// @param index the document's place in its batch
    Source(String text, int index) {
      super(URI.create("string:///" + index + "/Source.java"), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    /// The place of a source that the compiler hands back, wrapped in a type of its own.
    static int index(FileObject source) {
      return Integer.parseInt(source.toUri().getPath().split("/")[1]);
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
