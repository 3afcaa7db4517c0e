/* zsv_runner
 *
 * The engine peer/zsv@c: libzsv with its fast engine and quoting off, as a program that answers the
 * protocol of ../README.md. zsv calls back for each row; the consumer of the fields runs while the
 * clock does. From memory it reads through a function of ours, which copies.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <zsv.h>

enum { FAST_ENGINE = 3, COLUMNS_MOST = 4096 };

enum model { COUNT, FIELDS, PROJECT };

struct memory {
  unsigned char *bytes;
  size_t length, place;
};

struct pass {
  zsv_parser parser;
  enum model model;
  unsigned columns[COLUMNS_MOST];
  size_t column_count;
  uint64_t records, fields, checksum;
};

static void take(struct pass *pass, size_t position, struct zsv_cell cell) {
  uint64_t first = cell.len > 0 ? cell.str[0] : 0;
  pass->checksum += ((uint64_t)cell.len << 8 | first) * (2 * position + 1);
  pass->fields += 1;
}

static void take_row(void *context) {
  struct pass *pass = context;
  size_t count = zsv_cell_count(pass->parser);
  pass->records += 1;
  switch (pass->model) {
  case COUNT:
    pass->fields += count;
    break;
  case FIELDS:
    for (size_t position = 0; position < count; position += 1) {
      take(pass, position, zsv_get_cell(pass->parser, position));
    }
    break;
  case PROJECT:
    for (size_t position = 0; position < pass->column_count; position += 1) {
      if (pass->columns[position] < count) {
        take(pass, position, zsv_get_cell(pass->parser, pass->columns[position]));
      }
    }
    break;
  }
}

static size_t read_memory(void *restrict to, size_t size, size_t count, void *restrict stream) {
  struct memory *memory = stream;
  size_t rest = memory->length - memory->place;
  size_t length = size * count < rest ? size * count : rest;
  memcpy(to, memory->bytes + memory->place, length);
  memory->place += length;
  return length / size;
}

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Returns why it could not be done; nothing where it could. */
static const char *scan(struct pass *pass, struct zsv_opts *options) {
  options->row_handler = take_row;
  options->ctx = pass;
  options->max_columns = COLUMNS_MOST;
  options->no_quotes = 1;
  options->scan_engine = FAST_ENGINE;
  options->keep_empty_header_rows = 1;
  options->malformed_utf8_replace = ZSV_MALFORMED_UTF8_DO_NOT_REPLACE;
  pass->parser = zsv_new(options);
  if (pass->parser == NULL) return "zsv makes no parser";
  enum zsv_status status;
  do status = zsv_parse_more(pass->parser);
  while (status == zsv_status_ok);
  zsv_finish(pass->parser);
  zsv_delete(pass->parser);
  return status == zsv_status_no_more_input ? NULL : (const char *)zsv_parse_status_desc(status);
}

/* Reads the words behind `run`: a model, and numbers of columns with commas between. */
static const char *parse_run(struct pass *pass, char *words, int *is_file) {
  char *model = strtok(words, " ");
  *is_file = model != NULL && strcmp(model, "file-read") == 0;
  if (model == NULL) return "it has to be told a model";
  if (strcmp(model, "count") == 0) {
    pass->model = COUNT;
  } else if (strcmp(model, "project") == 0) {
    pass->model = PROJECT;
  } else if (strcmp(model, "fields") == 0 || *is_file) {
    pass->model = FIELDS;
  } else {
    return "it does not do this model";
  }
  for (char *word = strtok(NULL, ","); word != NULL; word = strtok(NULL, ",")) {
    if (pass->column_count == COLUMNS_MOST) return "these are too many columns";
    pass->columns[pass->column_count++] = (unsigned)strtoul(word, NULL, 10);
  }
  return NULL;
}

static void run(char *words, struct memory *memory, const char *path, char delimiter) {
  struct pass pass = {0};
  int is_file = 0;
  const char *problem = parse_run(&pass, words, &is_file);
  uint64_t begin = now_ns();
  if (problem == NULL) {
    struct zsv_opts options = {.delimiter = delimiter};
    FILE *file = is_file ? fopen(path, "rb") : NULL;
    if (is_file && file == NULL) {
      problem = "the file cannot be opened";
    } else {
      memory->place = 0;
      options.stream = is_file ? (void *)file : memory;
      if (!is_file) options.read = read_memory;
      problem = scan(&pass, &options);
    }
    if (file != NULL) fclose(file);
  }
  uint64_t duration_ns = now_ns() - begin;
  if (problem != NULL) {
    printf("error %s\n", problem);
  } else {
    printf("ok %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIx64 "\n", duration_ns, pass.records,
           pass.fields, pass.checksum);
  }
}

static void load(const char *path, struct memory *memory) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
    printf("error %s cannot be read\n", path);
    if (file != NULL) fclose(file);
    return;
  }
  memory->length = (size_t)ftell(file);
  rewind(file);
  free(memory->bytes);
  memory->bytes = malloc(memory->length);
  if (memory->bytes != NULL && fread(memory->bytes, 1, memory->length, file) == memory->length) {
    printf("ok %zu\n", memory->length);
  } else {
    printf("error there is no memory for %zu bytes\n", memory->length);
  }
  fclose(file);
}

int main(void) {
  static char line[1 << 16], path[1 << 16];
  struct memory memory = {0};
  char delimiter = ',';
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, "about") == 0) {
      printf("{\"engine\":\"libzsv %s\"}\n", zsv_lib_version());
    } else if (strncmp(line, "load ", 5) == 0) {
      strcpy(path, line + 5);
      load(path, &memory);
    } else if (strncmp(line, "dialect ", 8) == 0) {
      int words = 0;
      for (const char *word = line; word != NULL; word = strchr(word + 1, ' ')) words++;
      delimiter = (char)strtoul(line + 8, NULL, 10);
      puts(words > 6 ? "error it knows no quotes" : "ok");
    } else if (strncmp(line, "run ", 4) == 0) {
      run(line + 4, &memory, path, delimiter);
    } else {
      puts("error there is no such request");
    }
    fflush(stdout);
  }
  free(memory.bytes);
  return 0;
}
