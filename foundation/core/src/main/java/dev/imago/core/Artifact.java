package dev.imago.core;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What one link leaves on disk for the next: an immutable folder, named by its content, listed by
/// a manifest that is written last. What each kind's folder holds is in `docs/formats.md`.
///
/// A kind is a record of a reference and a folder, with a [Kind], declared by the module that owns
/// the format. Core knows none.
public interface Artifact {
  Ref ref();

  /// The folder that holds the payload and `manifest.json`.
  Path folder();

  /// An artifact of which nobody has asked yet what it holds.
  record Stored(Ref ref, Path folder) implements Artifact {}

  /// A kind's name in references and folders, such as `corpus`.
  static String kind(Class<? extends Artifact> type) {
    return declared(type).name();
  }

  /// A kind's form as people say it, such as «a Hugging Face folder».
  static String form(Class<? extends Artifact> type) {
    return declared(type).form();
  }

  private static Kind declared(Class<? extends Artifact> type) {
    Kind kind = type.getAnnotation(Kind.class);
    if (kind == null) {
      throw new IllegalStateException(type + " declares no kind of artifact");
    }
    return kind;
  }

  /// Whether a folder of a reference is of a kind, and in its form.
  static boolean is(Class<? extends Artifact> type, Ref ref, Path folder) {
    Kind kind = declared(type);
    return ref.kind().equals(kind.name())
        && (kind.holds().isEmpty() || Files.exists(folder.resolve(kind.holds())));
  }

  /// A reference's folder as an artifact of a kind.
  static <A extends Artifact> A of(Class<A> type, Ref ref, Path folder) {
    try {
      Constructor<A> constructor = type.getDeclaredConstructor(Ref.class, Path.class);
      constructor.setAccessible(true);
      return constructor.newInstance(ref, folder);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(type.toString(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a kind must be a record of ref and folder: " + type, e);
    }
  }
}
