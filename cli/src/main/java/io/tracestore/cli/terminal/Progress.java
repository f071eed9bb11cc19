package io.tracestore.cli.terminal;

import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar that appears on a terminal, and only if the work takes a while. */
public final class Progress implements AutoCloseable {
  private static final long APPEARS_AFTER_NANOS = Duration.ofMillis(700).toNanos();
  private static final int UPDATE_MILLIS = 200;
  private static final long MEBI = 1 << 20;

  private final Console console;
  private final String task;
  private final String unitName;
  private final long unitSize;
  private final long startedAt = System.nanoTime();
  private long appearsAfterNanos = APPEARS_AFTER_NANOS;
  private @Nullable ProgressBar bar;

  private Progress(Console console, String task, String unitName, long unitSize) {
    this.console = console;
    this.task = task;
    this.unitName = unitName;
    this.unitSize = unitSize;
  }

  /** Counts bytes, shown as MiB. */
  public static Progress ofBytes(Console console, String task) {
    return new Progress(console, task, " MiB", MEBI);
  }

  /** Counts traces. */
  public static Progress ofTraces(Console console, String task) {
    return new Progress(console, task, " traces", 1);
  }

  /** This bar, which does not wait until the work has taken a while. */
  public Progress atOnce() {
    appearsAfterNanos = 0;
    return this;
  }

  /**
   * Shows where the work stands.
   *
   * @param total -1 if not known
   */
  public void at(long done, long total) {
    if (!console.errIsTerminal() || System.nanoTime() - startedAt < appearsAfterNanos) {
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(total)
              .setUnit(unitName, unitSize)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .clearDisplayOnFinish()
              .setConsumer(new ConsoleProgressBarConsumer(console.err(), console.columns() - 1))
              .build();
    }
    bar.stepTo(done);
  }

  /** Adds what else there is to say. */
  public void note(String text) {
    if (bar != null) {
      bar.setExtraMessage(text);
    }
  }

  /** Takes the bar away. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
