package dev.imago.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;

/// The words nearest to a vector by Lucene's HNSW graph (Malkov & Yashunin 2018): a few hundred
/// words are looked at in place of all, and now and then one is missed.
public final class HnswNeighbours implements AutoCloseable {
  private static final String VECTOR = "vector";
  private static final String WORD = "word";
  private static final int LONGEST = 1024;

  private final WordVectors vectors;
  private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
  private final DirectoryReader reader;
  private final IndexSearcher searcher;

  /// Builds the graph, in memory.
  public HnswNeighbours(WordVectors vectors) {
    if (vectors.dimension() > LONGEST) {
      throw new IllegalArgumentException(
          "vectors of %d numbers are longer than the graph's %d; ask for exact neighbours"
              .formatted(vectors.dimension(), LONGEST));
    }
    this.vectors = vectors;
    try {
      try (var writer = new IndexWriter(directory, new IndexWriterConfig())) {
        for (int id = 0; id < vectors.words().size(); id++) {
          float[] unit = vectors.unitRow(id);
          if (WordVectors.length(unit, 0, unit.length) > 0.5) {
            var document = new Document();
            document.add(
                new KnnFloatVectorField(VECTOR, unit, VectorSimilarityFunction.DOT_PRODUCT));
            document.add(new StoredField(WORD, id));
            writer.addDocument(document);
          }
        }
        writer.forceMerge(1);
      }
      reader = DirectoryReader.open(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    searcher = new IndexSearcher(reader);
  }

  /// The words nearest to a vector, the nearest first.
  ///
  /// @param effort words that are kept in sight, `count` at least: more find more
  public List<WordVectors.Neighbour> nearest(
      float[] vector, int count, Set<String> besides, int effort) {
    float length = WordVectors.length(vector, 0, vector.length);
    if (length == 0) {
      return List.of();
    }
    float[] unit = Arrays.copyOf(vector, vector.length);
    for (int i = 0; i < unit.length; i++) {
      unit[i] /= length;
    }
    try {
      int wanted = Math.max(effort, count + besides.size());
      var found = new ArrayList<WordVectors.Neighbour>();
      for (ScoreDoc hit :
          searcher.search(new KnnFloatVectorQuery(VECTOR, unit, wanted), wanted).scoreDocs) {
        Number id = searcher.storedFields().document(hit.doc).getField(WORD).numericValue();
        String word = vectors.words().get(id.intValue());
        if (!besides.contains(word) && found.size() < count) {
          found.add(new WordVectors.Neighbour(word, 2 * hit.score - 1));
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
      directory.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
