import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Formats every Java file below a directory with google-java-format, or checks that they are
 * formatted: {@code java FormatSources.java check|apply DIRECTORY}.
 */
class FormatSources {
  private static final Set<String> SKIPPED = Set.of("target", "node_modules");

  public static void main(String[] args) throws IOException {
    if (args.length != 2 || !Set.of("check", "apply").contains(args[0])) {
      System.err.println("usage: FormatSources check|apply DIRECTORY");
      System.exit(2);
    }
    boolean apply = args[0].equals("apply");
    Path root = Path.of(args[1]).toRealPath();
    Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    Set<String> changed = new ConcurrentSkipListSet<>();
    Set<String> broken = new ConcurrentSkipListSet<>();
    javaFiles(root).parallelStream()
        .forEach(file -> {
          try {
            String source = Files.readString(file);
            String formatted = format(formatter, source);
            if (!formatted.equals(source)) {
              changed.add(root.relativize(file).toString());
              if (apply) {
                Files.writeString(file, formatted);
              }
            }
          } catch (FormatterException e) {
            broken.add(root.relativize(file) + ":" + e.getMessage());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    broken.forEach(each -> System.err.println("cannot be parsed: " + each));
    changed.forEach(each -> System.err.println((apply ? "formatted: " : "not formatted: ") + each));
    if (!apply && !changed.isEmpty()) {
      System.err.println("run: mvn -pl tools/format verify -Dformat.mode=apply");
    }
    if (!broken.isEmpty() || (!apply && !changed.isEmpty())) {
      System.exit(1);
    }
  }

  private static String format(Formatter formatter, String source) throws FormatterException {
    String ordered = ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.GOOGLE);
    return formatter.formatSource(RemoveUnusedImports.removeUnusedImports(ordered));
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = directory.getFileName().toString();
            boolean skip =
                !directory.equals(root) && (name.startsWith(".") || SKIPPED.contains(name));
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
