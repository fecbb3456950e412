/* The C execution of what features.py defines and model.py adds up.

   Python finds the candidates; from their token indices and layouts this module makes the features, looks them up
   in the mapped tables and adds the rows of all heads. Rows are counted in the order of their first occurrence and added in that order in
   double precision, as in model.py: both executions give the same bits. tests/test_native.py holds them together.

     Kernel(tables)                one (unit, keys, places, starts, idf, weights, heads, intercepts) a unit, as bundle.Table has them
     kernel.text(texts, classes)   the tokens of one view
     text.margins(unit, judged)    a list of margins a head, for candidates of that view
     text.words(unit, indices, layouts)    the same for single words
     text.features(candidate)      the names of a candidate's features, for the tests
     text.count(judged, index)     their columns and counts, for training; an Index numbers and names the features that it meets
     tokens(folded, starts, size)  what text.tokens finds
     case(text)                    what layout.case says of a text

   A distinct word is encoded once and its n-grams are looked up once a unit; the memory for words is bounded. Sums run without
   the GIL: they only read words, which are never moved or freed while a Text holds their store. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define UNITS 5         /* tables a kernel takes at most */
#define MAX_HEADS 1024
#define BLOCK (1 << 16) /* bytes of a store's block */
#define STORE_LIMIT (12u << 20) /* bytes of a store's blocks */
#define SHORT 8   /* tokens: features.SHORT */
#define NEAR 3    /* tokens: view.NEAR */
#define SMALL 5   /* characters: features.SMALL */
#define MAX_GRAM_WORD 40

/* --- tables ---------------------------------------------------------------- */

typedef struct {
    Py_buffer keys, places, starts, idf, weights, owners; /* owners: of which head each weight is */
    uint64_t slots;
    uint32_t count;
    int heads, shift;
    double intercepts[MAX_HEADS];
} Table;

static uint32_t crc_table[256];

static void make_crc_table(void) {
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t c = n;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
        crc_table[n] = c;
    }
}

/* The two checksums of bundle.key, fed piece by piece. */
typedef struct {
    uint32_t crc, a, b;
} Sum;

static inline void feed(Sum *sum, const unsigned char *at, size_t size) {
    uint32_t crc = sum->crc, a = sum->a, b = sum->b;
    while (size) {
        size_t some = size < 5552 ? size : 5552; /* so many bytes cannot overflow b */
        size -= some;
        while (some--) {
            crc = crc_table[(crc ^ *at) & 0xFF] ^ (crc >> 8);
            a += *at++;
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    sum->crc = crc, sum->a = a, sum->b = b;
}

static inline int64_t row_of(const Table *table, Sum sum) {
    uint64_t key = (uint64_t)(sum.crc ^ 0xFFFFFFFFu) << 32 | (sum.b << 16 | sum.a);
    if (!key) key = 1;
    const uint64_t *keys = table->keys.buf;
    uint64_t slot = (key * 0x9E3779B97F4A7C15u) >> table->shift;
    for (uint64_t tries = 0; tries < table->slots && keys[slot]; tries++) {
        if (keys[slot] == key) {
            uint32_t place = ((const uint32_t *)table->places.buf)[slot];
            return place < table->count ? (int64_t)place : -1;
        }
        slot = (slot + 1) & (table->slots - 1);
    }
    return -1;
}

/* --- words: each distinct one once, in a store that grows to a limit and is then replaced ------------------- */

typedef struct {
    const unsigned char *at;
    size_t size;
} Piece;

typedef struct {
    const unsigned char *text; /* UTF-8, surrogates passed */
    uint32_t size;
    uint32_t known[UNITS]; /* how many rows of its n-grams a table has */
    uint32_t *rows[UNITS]; /* NULL: not looked up yet */
} Word;

typedef struct Block {
    struct Block *next;
    size_t used, size;
    unsigned char bytes[];
} Block;

typedef struct {
    Py_ssize_t holders;
    size_t total;
    Block *blocks;
    PyObject *known; /* str -> int, the address of its Word */
} Store;

static void *take_room(Store *store, size_t size) {
    size = (size + 7) & ~(size_t)7;
    if (!store->blocks || store->blocks->size - store->blocks->used < size) {
        size_t room = size > BLOCK ? size : BLOCK;
        Block *block = malloc(sizeof(Block) + room);
        if (!block) return PyErr_NoMemory(), NULL;
        block->next = store->blocks, block->used = 0, block->size = room;
        store->blocks = block;
        store->total += room;
    }
    void *found = store->blocks->bytes + store->blocks->used;
    store->blocks->used += size;
    return found;
}

static void let_go(Store *store) {
    if (!store || --store->holders) return;
    for (Block *block = store->blocks; block;) {
        Block *next = block->next;
        free(block);
        block = next;
    }
    Py_XDECREF(store->known);
    free(store);
}

static Store *new_store(void) {
    Store *store = calloc(1, sizeof(Store));
    if (!store) return (Store *)PyErr_NoMemory();
    store->holders = 1;
    store->known = PyDict_New();
    if (!store->known) return let_go(store), NULL;
    return store;
}

static size_t encode(Py_UCS4 c, unsigned char *to) {
    if (c < 0x80) return to[0] = (unsigned char)c, 1;
    if (c < 0x800) return to[0] = 0xC0 | c >> 6, to[1] = 0x80 | (c & 0x3F), 2;
    if (c < 0x10000) return to[0] = 0xE0 | c >> 12, to[1] = 0x80 | (c >> 6 & 0x3F), to[2] = 0x80 | (c & 0x3F), 3;
    return to[0] = 0xF0 | c >> 18, to[1] = 0x80 | (c >> 12 & 0x3F), to[2] = 0x80 | (c >> 6 & 0x3F), to[3] = 0x80 | (c & 0x3F), 4;
}

static Word *new_word(Store *store, PyObject *text) {
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    unsigned char one[4];
    size_t size = 0;
    for (Py_ssize_t i = 0; i < length; i++) size += encode(PyUnicode_READ(kind, data, i), one);
    if (size > UINT32_MAX) return PyErr_NoMemory(), NULL;
    Word *word = take_room(store, sizeof(Word));
    unsigned char *bytes = word ? take_room(store, size + 1) : NULL;
    if (!bytes) return NULL;
    memset(word, 0, sizeof(Word));
    word->text = bytes, word->size = (uint32_t)size;
    for (Py_ssize_t i = 0; i < length; i++) bytes += encode(PyUnicode_READ(kind, data, i), bytes);
    PyObject *address = PyLong_FromVoidPtr(word);
    int failed = !address || PyDict_SetItem(store->known, text, address);
    Py_XDECREF(address);
    return failed ? NULL : word;
}

static Word *word_of(Store *store, PyObject *text) {
    if (!PyUnicode_CheckExact(text)) return PyErr_SetString(PyExc_TypeError, "a token, class or layout is no str"), NULL;
    PyObject *address = PyDict_GetItemWithError(store->known, text);
    if (address) return PyLong_AsVoidPtr(address);
    return PyErr_Occurred() ? NULL : new_word(store, text);
}

static Py_UCS4 last_char(const Word *word) {
    const unsigned char *at = word->text + word->size - 1;
    if (*at < 0x80) return *at;
    Py_UCS4 c = *at & 0x3F, bits = 6;
    while ((*--at & 0xC0) == 0x80) c |= (Py_UCS4)(*at & 0x3F) << bits, bits += 6;
    int lead = bits == 6 ? 0x1F : bits == 12 ? 0x0F : 0x07;
    return c | (Py_UCS4)(*at & lead) << bits;
}

/* The n-grams of a word between its edges "_", as features.grams cuts them: pieces of `bytes`; their number. */
static int cut_grams(const Word *word, unsigned char *bytes, Piece *pieces) {
    uint32_t starts[MAX_GRAM_WORD + 3];
    int chars = 0, cut = 0;
    if (!word->size || word->size > 4 * MAX_GRAM_WORD) return 0;
    bytes[0] = '_', starts[0] = 0;
    for (uint32_t i = 0; i < word->size; i++) {
        if ((word->text[i] & 0xC0) != 0x80) {
            if (++chars > MAX_GRAM_WORD) return 0;
            starts[chars] = i + 1;
        }
        bytes[i + 1] = word->text[i];
    }
    if (chars < 2 || !Py_UNICODE_ISALNUM(last_char(word))) return 0;
    bytes[word->size + 1] = '_';
    starts[++chars] = word->size + 1, starts[++chars] = word->size + 2;
    for (int n = 3; n <= 5; n++)
        for (int i = 0; i + n <= chars; i++) pieces[cut++] = (Piece){bytes + starts[i], starts[i + n] - starts[i]};
    return cut;
}

#define GRAM_ROOM (3 * (MAX_GRAM_WORD + 2))
#define GRAM_BYTES (4 * MAX_GRAM_WORD + 2)

/* Look the n-grams of a word up in a unit's table, once. */
static int know_grams(Store *store, const Table *table, int unit, Word *word) {
    unsigned char bytes[GRAM_BYTES];
    Piece pieces[GRAM_ROOM];
    uint32_t found[GRAM_ROOM], known = 0;
    if (word->rows[unit]) return 0;
    int cut = cut_grams(word, bytes, pieces);
    for (int i = 0; i < cut; i++) {
        Sum sum = {0xFFFFFFFFu, 1, 0};
        feed(&sum, (const unsigned char *)"c:", 2);
        feed(&sum, pieces[i].at, pieces[i].size);
        int64_t row = row_of(table, sum);
        if (row >= 0) found[known++] = (uint32_t)row;
    }
    uint32_t *rows = take_room(store, (known + 1) * sizeof(uint32_t));
    if (!rows) return -1;
    memcpy(rows, found, known * sizeof(uint32_t));
    word->known[unit] = known, word->rows[unit] = rows;
    return 0;
}

/* --- features, in the order of features.groups --------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    PyObject *names; /* column -> name */
    uint64_t *keys;  /* open addressing, 0 for empty */
    uint32_t *columns, *counts, *order;
    size_t slots, used, room; /* room: of counts and order */
} Index;

/* Where features go: to counted rows of a table, to counted columns of an index, or by name to a list. */
typedef struct {
    const Table *table;
    int unit;
    uint32_t *counts, *order; /* (rows,), zero between candidates */
    uint32_t found;
    PyObject *names;
    Index *index;
    int failed;
} Sink;

typedef struct {
    Py_ssize_t tokens;
    Word **words, **classes; /* a class is NULL where a token has none */
} Tokens;

typedef struct {
    Word **names;
    Py_ssize_t size;
} Layout;

typedef struct {
    const uint32_t *inner, *left, *right;
    uint32_t inners, lefts, rights;
    Layout layout;
    char unit; /* 's', 't', 'w' or 'q' */
} Candidate;

static inline void count_row(Sink *sink, uint32_t row) {
    if (!sink->counts[row]++) sink->order[sink->found++] = row;
}

static void name_it(Sink *sink, const Piece *pieces, int count) {
    size_t size = 0;
    for (int i = 0; i < count; i++) size += pieces[i].size;
    char *joined = PyMem_Malloc(size + 1), *to = joined;
    if (!joined) { sink->failed = 1, PyErr_NoMemory(); return; }
    for (int i = 0; i < count; i++) memcpy(to, pieces[i].at, pieces[i].size), to += pieces[i].size;
    PyObject *name = PyUnicode_DecodeUTF8(joined, (Py_ssize_t)size, "surrogatepass");
    PyMem_Free(joined);
    if (!name || PyList_Append(sink->names, name)) sink->failed = 1;
    Py_XDECREF(name);
}

static int grow(void **array, size_t *room, size_t wanted, size_t each) {
    if (wanted <= *room) return 0;
    size_t larger = *room * 2 > wanted ? *room * 2 : wanted + 64;
    void *moved = realloc(*array, larger * each);
    if (!moved) return PyErr_NoMemory(), -1;
    *array = moved, *room = larger;
    return 0;
}

static int widen_index(Index *index) {
    size_t slots = index->slots ? 2 * index->slots : 1 << 12, room = index->room;
    uint64_t *keys = calloc(slots, sizeof(uint64_t));
    uint32_t *columns = malloc(slots * sizeof(uint32_t));
    if (!keys || !columns || grow((void **)&index->counts, &room, slots, sizeof(uint32_t)) ||
        grow((void **)&index->order, &index->room, slots, sizeof(uint32_t)))
        return free(keys), free(columns), PyErr_NoMemory(), -1;
    memset(index->counts + index->slots, 0, (slots - index->slots) * sizeof(uint32_t));
    for (size_t old = 0; old < index->slots; old++) {
        if (!index->keys[old]) continue;
        size_t slot = index->keys[old] & (slots - 1);
        while (keys[slot]) slot = (slot + 1) & (slots - 1);
        keys[slot] = index->keys[old], columns[slot] = index->columns[old];
    }
    free(index->keys), free(index->columns);
    index->keys = keys, index->columns = columns, index->slots = slots;
    return 0;
}

/* A feature's column: known by 64 bits of FNV-1a, mixed. Sums would be too weak: of millions of features some two would share one. */
static void count_column(Sink *sink, const Piece *pieces, int count) {
    Index *index = sink->index;
    uint64_t key = 0xCBF29CE484222325u;
    for (int i = 0; i < count; i++)
        for (size_t k = 0; k < pieces[i].size; k++) key = (key ^ pieces[i].at[k]) * 0x100000001B3u;
    key = (key ^ key >> 32) * 0x9E3779B97F4A7C15u;
    key ^= key >> 29;
    if (!key) key = 1;
    if (index->used * 2 >= index->slots && widen_index(index)) { sink->failed = 1; return; }
    size_t slot = key & (index->slots - 1);
    while (index->keys[slot] && index->keys[slot] != key) slot = (slot + 1) & (index->slots - 1);
    if (!index->keys[slot]) {
        name_it(sink, pieces, count);
        if (sink->failed) return;
        index->keys[slot] = key, index->columns[slot] = (uint32_t)index->used++;
    }
    sink->counts = index->counts, sink->order = index->order;
    count_row(sink, index->columns[slot]);
}

static void take(Sink *sink, const Piece *pieces, int count) {
    if (sink->names) {
        if (sink->failed) return;
        if (sink->index)
            count_column(sink, pieces, count);
        else
            name_it(sink, pieces, count);
        return;
    }
    Sum sum = {0xFFFFFFFFu, 1, 0};
    for (int i = 0; i < count; i++) feed(&sum, pieces[i].at, pieces[i].size);
    int64_t row = row_of(sink->table, sum);
    if (row >= 0) count_row(sink, (uint32_t)row);
}

#define TEXT(literal) ((Piece){(const unsigned char *)(literal), sizeof(literal) - 1})
#define WORD(word) ((Piece){(word)->text, (word)->size})

static void take_one(Sink *sink, Piece prefix, const Word *word) {
    Piece pieces[] = {prefix, WORD(word)};
    take(sink, pieces, 2);
}

static void take_pair(Sink *sink, const Word *before, const Word *word) {
    Piece pieces[] = {TEXT("p:"), WORD(before), TEXT(" "), WORD(word)};
    take(sink, pieces, 4);
}

static void take_grams(Sink *sink, const Word *word) {
    if (!sink->names) {
        for (uint32_t i = 0; i < word->known[sink->unit]; i++) count_row(sink, word->rows[sink->unit][i]);
        return;
    }
    unsigned char bytes[GRAM_BYTES];
    Piece cut[GRAM_ROOM];
    int size = cut_grams(word, bytes, cut);
    for (int i = 0; i < size; i++) {
        Piece pieces[] = {TEXT("c:"), cut[i]};
        take(sink, pieces, 2);
    }
}

static void take_classes(Sink *sink, const Tokens *text, const Candidate *candidate) {
    Piece before = TEXT("^");
    for (uint32_t i = 0; i < candidate->inners; i++) {
        const Word *kind = text->classes[candidate->inner[i]];
        if (!kind) continue;
        take_one(sink, TEXT("y:"), kind);
        Piece pieces[] = {TEXT("y:"), before, TEXT(">"), WORD(kind)};
        take(sink, pieces, 4);
        before = WORD(kind);
    }
}

static int is(const Word *word, const char *text) {
    return word->size == strlen(text) && !memcmp(word->text, text, word->size);
}

/* features._place */
static Piece place_of(const Layout *layout) {
    int bracket = 0, alone = 0, end = 0;
    for (Py_ssize_t i = 0; i < layout->size; i++) {
        const Word *name = layout->names[i];
        bracket |= is(name, "in:brackets");
        alone |= is(name, "line:alone");
        end |= is(name, "from-end:0") || is(name, "from-end:1") || is(name, "from-end:2");
    }
    if (bracket) return end ? TEXT("k:bracketend:") : TEXT("k:bracketmid:");
    if (alone) return end ? TEXT("k:aloneend:") : TEXT("k:alonemid:");
    return end ? TEXT("k:sharedend:") : TEXT("k:sharedmid:");
}

static void take_context(Sink *sink, const Tokens *text, const Candidate *candidate) {
    static const char *const nearest[2][NEAR] = {{"l1:", "l2:", "l3:"}, {"r1:", "r2:", "r3:"}};
    int positional = candidate->unit == 'w' || candidate->unit == 'q';
    for (int side = 0; side < 2; side++) {
        const uint32_t *indices = side ? candidate->right : candidate->left;
        uint32_t size = side ? candidate->rights : candidate->lefts;
        for (uint32_t i = 0; i < size; i++) {
            Piece prefix = side ? TEXT("r:") : TEXT("l:");
            if (positional) prefix = (Piece){(const unsigned char *)nearest[side][i], 3};
            take_one(sink, prefix, text->words[indices[i]]);
            const Word *kind = text->classes[indices[i]];
            if (kind) take_one(sink, side ? TEXT("ry:") : TEXT("ly:"), kind);
        }
    }
}

/* features._filler */
static Piece filler(const Tokens *text, Py_ssize_t index) {
    if (index < 0 || index >= text->tokens) return TEXT("^");
    if (text->classes[index]) return WORD(text->classes[index]);
    const Word *word = text->words[index];
    size_t characters = 0;
    for (size_t i = 0; i < word->size; i++) characters += (word->text[i] & 0xC0) != 0x80;
    return characters <= SMALL ? WORD(word) : TEXT("*");
}

/* features._frames */
static void take_frames(Sink *sink, const Tokens *text, Py_ssize_t index) {
    const Word *kind = text->classes[index];
    if (!kind || is(kind, "name")) return;
    const Piece mark = TEXT("f:"), to = TEXT(">"), own = WORD(kind);
    const Piece before2 = filler(text, index - 2), before = filler(text, index - 1);
    const Piece after = filler(text, index + 1), after2 = filler(text, index + 2);
    const Piece frames[][6] = {{mark, before, to, own}, {mark, own, to, after}, {mark, before, to, own, to, after},
                               {mark, before2, to, before, to, own}, {mark, own, to, after, to, after2}};
    for (int i = 0; i < 5; i++) take(sink, frames[i], i < 2 ? 4 : 6);
}

static void take_all(Sink *sink, const Tokens *text, const Candidate *candidate) {
    for (Py_ssize_t i = 0; i < candidate->layout.size; i++) take_one(sink, TEXT("x:"), candidate->layout.names[i]);
    take_classes(sink, text, candidate);
    const Word *before = NULL;
    for (uint32_t i = 0; i < candidate->inners; i++) {
        const Word *word = text->words[candidate->inner[i]];
        take_one(sink, TEXT("w:"), word);
        if (before) take_pair(sink, before, word);
        take_grams(sink, word);
        before = word;
    }
    if (candidate->unit == 's' && candidate->inners <= SHORT) {
        Piece prefix = place_of(&candidate->layout);
        for (uint32_t i = 0; i < candidate->inners; i++) take_one(sink, prefix, text->words[candidate->inner[i]]);
    }
    take_context(sink, text, candidate);
    if (candidate->unit == 'w') {
        uint32_t index = candidate->inner[0];
        if (index) take_pair(sink, text->words[index - 1], text->words[index]);
        if (index + 1 < text->tokens) take_pair(sink, text->words[index], text->words[index + 1]);
        take_frames(sink, text, index);
    }
}

/* model.Panel.margins; leaves the counts zero */
static void add_up(Sink *sink, double *weights, double *margins) {
    const Table *table = sink->table;
    const float *idfs = table->idf.buf, *values = table->weights.buf;
    const uint32_t *starts = table->starts.buf;
    const uint16_t *owners = table->owners.buf;
    int heads = table->heads;
    double norm = 0.0;
    for (uint32_t i = 0; i < sink->found; i++) {
        uint32_t row = sink->order[i], count = sink->counts[row];
        double idf = idfs[row];
        weights[i] = count > 1 ? idf * (1.0 + log((double)count)) : idf;
        norm += weights[i] * weights[i];
        sink->counts[row] = 0;
    }
    norm = sqrt(norm);
    if (norm == 0.0) norm = 1.0;
    for (int h = 0; h < heads; h++) margins[h] = 0.0;
    for (uint32_t i = 0; i < sink->found; i++) {
        double weight = weights[i] / norm;
        for (uint32_t k = starts[sink->order[i]]; k < starts[sink->order[i] + 1]; k++) margins[owners[k]] += weight * values[k];
    }
    for (int h = 0; h < heads; h++) margins[h] += table->intercepts[h];
    sink->found = 0;
}

/* --- the kernel ------------------------------------------------------------------------------------------------ */

typedef struct Scratch {
    struct Scratch *next;
    uint32_t *counts, *order;
    double *weights;
} Scratch;

typedef struct {
    PyObject_HEAD
    int units;
    char letters[UNITS];
    Table *tables;
    Store *store;
    Scratch *free; /* one for each thread that ever summed at the same time */
    size_t most;   /* rows of the largest table */
} Kernel;

typedef struct {
    PyObject_HEAD
    Kernel *kernel;
    Store *store;
    Tokens tokens;
} Text;

static void free_scratch(Scratch *scratch) {
    if (!scratch) return;
    free(scratch->counts), free(scratch->order), free(scratch->weights), free(scratch);
}

static Scratch *borrow_scratch(Kernel *kernel) {
    Scratch *scratch = kernel->free;
    if (scratch) return kernel->free = scratch->next, scratch;
    scratch = calloc(1, sizeof(Scratch));
    if (!scratch) return (Scratch *)PyErr_NoMemory();
    scratch->counts = calloc(kernel->most + 1, sizeof(uint32_t));
    scratch->order = malloc((kernel->most + 1) * sizeof(uint32_t));
    scratch->weights = malloc((kernel->most + 1) * sizeof(double));
    if (scratch->counts && scratch->order && scratch->weights) return scratch;
    return free_scratch(scratch), (Scratch *)PyErr_NoMemory();
}

/* bundle.Table: exactly the used slots have keys, and every row, start and head is one. */
static int is_sound(const Py_buffer *keys, const Py_buffer *places, const Py_buffer *starts, const Py_buffer *owners, uint64_t rows,
                    uint64_t heads) {
    const uint64_t *key = keys->buf;
    const uint32_t *place = places->buf, *start = starts->buf;
    const uint16_t *owner = owners->buf;
    uint64_t slots = (uint64_t)keys->len / 8, weights = (uint64_t)owners->len / 2, used = 0;
    int sound = (uint64_t)places->len == 4 * slots && (uint64_t)starts->len == 4 * (rows + 1) && !start[0] && start[rows] == weights;
    for (uint64_t i = 0; sound && i < slots; i++)
        if (key[i]) used++, sound = place[i] < rows;
    for (uint64_t i = 0; sound && i < rows; i++) sound = start[i] <= start[i + 1];
    for (uint64_t i = 0; sound && i < weights; i++) sound = owner[i] < heads;
    return sound && used == rows;
}

static int open_table(Table *table, PyObject *given, char *letter) {
    const char *unit;
    PyObject *parts[6], *intercepts;
    Py_buffer *buffers[] = {&table->keys, &table->places, &table->starts, &table->idf, &table->weights, &table->owners};
    if (!PyTuple_Check(given)) return PyErr_SetString(PyExc_TypeError, "a table is a tuple"), -1;
    if (!PyArg_ParseTuple(given, "sOOOOOOO!", &unit, parts, parts + 1, parts + 2, parts + 3, parts + 4, parts + 5, &PyTuple_Type, &intercepts))
        return -1;
    for (int i = 0; i < 6; i++)
        if (PyObject_GetBuffer(parts[i], buffers[i], PyBUF_SIMPLE)) return -1;
    Py_ssize_t heads = PyTuple_GET_SIZE(intercepts);
    uint64_t rows = (uint64_t)table->idf.len / 4;
    table->slots = (uint64_t)table->keys.len / 8, table->heads = (int)heads, table->count = (uint32_t)rows, *letter = unit[0];
    if (heads < 1 || heads > MAX_HEADS || table->slots < 2 || table->slots & (table->slots - 1) || table->weights.len != 2 * table->owners.len ||
        !is_sound(&table->keys, &table->places, &table->starts, &table->owners, rows, (uint64_t)heads))
        return PyErr_SetString(PyExc_ValueError, "a table's sizes do not add up"), -1;
    for (table->shift = 64; (uint64_t)1 << (64 - table->shift) < table->slots;) table->shift--;
    for (Py_ssize_t h = 0; h < heads; h++) table->intercepts[h] = PyFloat_AsDouble(PyTuple_GET_ITEM(intercepts, h));
    return PyErr_Occurred() ? -1 : 0;
}

static void kernel_dealloc(Kernel *self) {
    for (int unit = 0; unit < self->units; unit++) {
        Table *table = self->tables + unit;
        Py_buffer *buffers[] = {&table->keys, &table->places, &table->starts, &table->idf, &table->weights, &table->owners};
        for (int i = 0; i < 6; i++) PyBuffer_Release(buffers[i]);
    }
    free(self->tables);
    while (self->free) {
        Scratch *next = self->free->next;
        free_scratch(self->free);
        self->free = next;
    }
    let_go(self->store);
    PyObject_Free(self);
}

static PyObject *kernel_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *tables;
    if (!PyArg_ParseTuple(args, "O!", &PyTuple_Type, &tables)) return NULL;
    if (PyTuple_GET_SIZE(tables) > UNITS) return PyErr_SetString(PyExc_ValueError, "too many tables"), NULL;
    Kernel *self = (Kernel *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->store = new_store();
    self->tables = calloc((size_t)PyTuple_GET_SIZE(tables) + 1, sizeof(Table));
    if (!self->store || !self->tables) return Py_DECREF(self), PyErr_NoMemory();
    for (int unit = 0; unit < PyTuple_GET_SIZE(tables); unit++) {
        self->units = unit + 1;
        if (open_table(self->tables + unit, PyTuple_GET_ITEM(tables, unit), self->letters + unit)) return Py_DECREF(self), NULL;
        if (self->tables[unit].count > self->most) self->most = self->tables[unit].count;
    }
    return (PyObject *)self;
}

static int fill_text(Text *self, PyObject *texts, PyObject *classes) {
    Py_ssize_t size = self->tokens.tokens = PyList_GET_SIZE(texts);
    self->tokens.words = calloc((size_t)size + 1, sizeof(Word *));
    self->tokens.classes = calloc((size_t)size + 1, sizeof(Word *));
    if (!self->tokens.words || !self->tokens.classes) return PyErr_NoMemory(), -1;
    for (Py_ssize_t i = 0; i < size; i++) {
        PyObject *kind = PyList_GET_ITEM(classes, i);
        if (!(self->tokens.words[i] = word_of(self->store, PyList_GET_ITEM(texts, i)))) return -1;
        Word *found = word_of(self->store, kind);
        if (!found) return -1;
        self->tokens.classes[i] = found->size ? found : NULL;
    }
    return 0;
}

static PyTypeObject TextType;

static PyObject *kernel_text(Kernel *self, PyObject *args) {
    PyObject *texts, *classes;
    if (!PyArg_ParseTuple(args, "O!O!", &PyList_Type, &texts, &PyList_Type, &classes)) return NULL;
    if (PyList_GET_SIZE(texts) != PyList_GET_SIZE(classes) || PyList_GET_SIZE(texts) >= UINT32_MAX)
        return PyErr_SetString(PyExc_ValueError, "as many classes as tokens are wanted"), NULL;
    if (self->store->total > STORE_LIMIT) {
        Store *fresh = new_store();
        if (!fresh) return NULL;
        let_go(self->store);
        self->store = fresh;
    }
    Text *text = PyObject_New(Text, &TextType);
    if (!text) return NULL;
    memset(&text->tokens, 0, sizeof(Tokens));
    Py_INCREF(self);
    text->kernel = self, text->store = self->store, self->store->holders++;
    if (fill_text(text, texts, classes)) return Py_DECREF(text), NULL;
    return (PyObject *)text;
}

static void text_dealloc(Text *self) {
    free(self->tokens.words), free(self->tokens.classes);
    let_go(self->store);
    Py_DECREF(self->kernel);
    PyObject_Free(self);
}

/* --- candidates out of Python ----------------------------------------------------------------------------------- */

typedef struct {
    size_t inner, left, right, names; /* offsets */
    uint32_t inners, lefts, rights, size;
} Entry;

typedef struct {
    Entry *entries;
    size_t count;
    uint32_t *numbers;
    size_t numbered, number_room;
    Word **names;
    size_t named, name_room;
} Batch;

static void free_batch(Batch *batch) { free(batch->entries), free(batch->numbers), free(batch->names); }

static int open_batch(Batch *batch, Py_ssize_t count) {
    memset(batch, 0, sizeof(Batch));
    batch->entries = calloc((size_t)count + 1, sizeof(Entry));
    return batch->entries ? 0 : (PyErr_NoMemory(), -1);
}

static int add_number(Batch *batch, uint32_t number) {
    if (grow((void **)&batch->numbers, &batch->number_room, batch->numbered + 1, sizeof(uint32_t))) return -1;
    batch->numbers[batch->numbered++] = number;
    return 0;
}

/* The token indices in the attribute of a candidate. */
static int add_indices(Batch *batch, const Text *text, PyObject *candidate, const char *name, size_t *first, uint32_t *count) {
    PyObject *given = PyObject_GetAttrString(candidate, name);
    PyObject *all = given ? PySequence_Fast(given, "token indices are no sequence") : NULL;
    Py_XDECREF(given);
    if (!all) return -1;
    int failed = 0;
    *first = batch->numbered, *count = (uint32_t)PySequence_Fast_GET_SIZE(all);
    for (Py_ssize_t i = 0; !failed && i < PySequence_Fast_GET_SIZE(all); i++) {
        Py_ssize_t index = PyLong_AsSsize_t(PySequence_Fast_GET_ITEM(all, i));
        if (index < 0 || index >= text->tokens.tokens) {
            if (!PyErr_Occurred()) PyErr_SetString(PyExc_IndexError, "a token index is out of range");
            failed = -1;
        } else
            failed = add_number(batch, (uint32_t)index);
    }
    Py_DECREF(all);
    return failed;
}

static int add_layout(Batch *batch, Text *text, PyObject *layout, Entry *entry) {
    if (!PyTuple_Check(layout)) return PyErr_SetString(PyExc_TypeError, "a layout is no tuple"), -1;
    entry->names = batch->named, entry->size = (uint32_t)PyTuple_GET_SIZE(layout);
    if (grow((void **)&batch->names, &batch->name_room, batch->named + entry->size, sizeof(Word *))) return -1;
    for (uint32_t i = 0; i < entry->size; i++)
        if (!(batch->names[batch->named++] = word_of(text->store, PyTuple_GET_ITEM(layout, i)))) return -1;
    return 0;
}

static int add_candidate(Batch *batch, Text *text, PyObject *given, char unit) {
    Entry *entry = batch->entries + batch->count++;
    if (add_indices(batch, text, given, "inner", &entry->inner, &entry->inners) ||
        add_indices(batch, text, given, "left", &entry->left, &entry->lefts) ||
        add_indices(batch, text, given, "right", &entry->right, &entry->rights))
        return -1;
    if ((unit == 'w' || unit == 'q') && (entry->lefts > NEAR || entry->rights > NEAR))
        return PyErr_SetString(PyExc_ValueError, "a phrase sees too many tokens"), -1;
    if (unit == 'w' && !entry->inners) return PyErr_SetString(PyExc_ValueError, "a word has no token"), -1;
    PyObject *layout = PyObject_GetAttrString(given, "layout");
    int failed = !layout || add_layout(batch, text, layout, entry);
    Py_XDECREF(layout);
    return failed ? -1 : 0;
}

/* candidates._words and view.near */
static int add_word(Batch *batch, Text *text, PyObject *index, PyObject *layout, PyObject *before) {
    Entry *entry = batch->entries + batch->count++;
    Py_ssize_t at = PyLong_AsSsize_t(index), tokens = text->tokens.tokens;
    if (at < 0 || at >= tokens) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_IndexError, "a token index is out of range");
        return -1;
    }
    entry->inner = batch->numbered, entry->inners = 1;
    if (add_number(batch, (uint32_t)at)) return -1;
    entry->left = batch->numbered;
    for (Py_ssize_t i = at - 1; i >= 0 && i >= at - NEAR; i--, entry->lefts++)
        if (add_number(batch, (uint32_t)i)) return -1;
    entry->right = batch->numbered;
    for (Py_ssize_t i = at + 1; i < tokens && i <= at + NEAR; i++, entry->rights++)
        if (add_number(batch, (uint32_t)i)) return -1;
    if (layout != before) return add_layout(batch, text, layout, entry);
    entry->names = entry[-1].names, entry->size = entry[-1].size;
    return 0;
}

static Candidate candidate_of(const Batch *batch, const Entry *entry, char unit) {
    const uint32_t *numbers = batch->numbers;
    Layout layout = {batch->names + entry->names, entry->size};
    return (Candidate){numbers + entry->inner, numbers + entry->left, numbers + entry->right, entry->inners, entry->lefts,
                       entry->rights, layout, unit};
}

/* --- sums ------------------------------------------------------------------------------------------------------------ */

static PyObject *as_columns(const double *margins, Py_ssize_t rows, int heads) {
    PyObject *columns = PyList_New(heads);
    for (int h = 0; columns && h < heads; h++) {
        PyObject *column = PyList_New(rows);
        if (!column) return Py_DECREF(columns), NULL;
        PyList_SET_ITEM(columns, h, column);
        for (Py_ssize_t i = 0; i < rows; i++) {
            PyObject *margin = PyFloat_FromDouble(margins[i * heads + h]);
            if (!margin) return Py_DECREF(columns), NULL;
            PyList_SET_ITEM(column, i, margin);
        }
    }
    return columns;
}

static PyObject *sum_batch(Text *self, int unit, Batch *batch) {
    Kernel *kernel = self->kernel;
    const Table *table = kernel->tables + unit;
    int heads = table->heads;
    for (size_t k = 0; k < batch->count; k++)
        for (uint32_t i = 0; i < batch->entries[k].inners; i++)
            if (know_grams(self->store, table, unit, self->tokens.words[batch->numbers[batch->entries[k].inner + i]])) return NULL;
    double *margins = malloc((batch->count * (size_t)heads + 1) * sizeof(double));
    Scratch *scratch = margins ? borrow_scratch(kernel) : NULL;
    if (!scratch) return free(margins), PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS
    Sink sink = {table, unit, scratch->counts, scratch->order, 0, NULL, NULL, 0};
    for (size_t k = 0; k < batch->count; k++) {
        Candidate candidate = candidate_of(batch, batch->entries + k, kernel->letters[unit]);
        take_all(&sink, &self->tokens, &candidate);
        add_up(&sink, scratch->weights, margins + k * (size_t)heads);
    }
    Py_END_ALLOW_THREADS
    scratch->next = kernel->free, kernel->free = scratch;
    PyObject *columns = as_columns(margins, (Py_ssize_t)batch->count, heads);
    free(margins);
    return columns;
}

static int has_unit(const Text *self, int unit) {
    if (unit >= 0 && unit < self->kernel->units) return 1;
    return PyErr_SetString(PyExc_IndexError, "no such unit"), 0;
}

static PyObject *text_margins(Text *self, PyObject *args) {
    int unit;
    PyObject *judged;
    Batch batch;
    if (!PyArg_ParseTuple(args, "iO!", &unit, &PyList_Type, &judged) || !has_unit(self, unit)) return NULL;
    Py_ssize_t count = PyList_GET_SIZE(judged);
    if (open_batch(&batch, count)) return NULL;
    PyObject *found = NULL;
    for (Py_ssize_t k = 0; k < count; k++)
        if (add_candidate(&batch, self, PyList_GET_ITEM(judged, k), self->kernel->letters[unit])) goto done;
    found = sum_batch(self, unit, &batch);
done:
    free_batch(&batch);
    return found;
}

static PyObject *text_words(Text *self, PyObject *args) {
    int unit;
    PyObject *indices, *layouts, *before = NULL;
    Batch batch;
    if (!PyArg_ParseTuple(args, "iO!O!", &unit, &PyList_Type, &indices, &PyList_Type, &layouts) || !has_unit(self, unit)) return NULL;
    Py_ssize_t count = PyList_GET_SIZE(indices);
    if (PyList_GET_SIZE(layouts) != count) return PyErr_SetString(PyExc_ValueError, "as many layouts as words are wanted"), NULL;
    if (open_batch(&batch, count)) return NULL;
    PyObject *found = NULL;
    for (Py_ssize_t k = 0; k < count; k++) {
        PyObject *layout = PyList_GET_ITEM(layouts, k);
        if (add_word(&batch, self, PyList_GET_ITEM(indices, k), layout, before)) goto done;
        before = layout;
    }
    found = sum_batch(self, unit, &batch);
done:
    free_batch(&batch);
    return found;
}

static PyObject *text_features(Text *self, PyObject *given) {
    Batch batch;
    PyObject *unit = PyObject_GetAttrString(given, "unit"), *names = NULL;
    const char *letter = unit ? PyUnicode_AsUTF8(unit) : NULL;
    if (letter && !open_batch(&batch, 1)) {
        if (!add_candidate(&batch, self, given, letter[0]) && (names = PyList_New(0))) {
            Sink sink = {NULL, 0, NULL, NULL, 0, names, NULL, 0};
            Candidate candidate = candidate_of(&batch, batch.entries, letter[0]);
            take_all(&sink, &self->tokens, &candidate);
            if (sink.failed) Py_CLEAR(names);
        }
        free_batch(&batch);
    }
    Py_XDECREF(unit);
    return names;
}

static PyTypeObject IndexType;

static void index_dealloc(Index *self) {
    free(self->keys), free(self->columns), free(self->counts), free(self->order);
    Py_XDECREF(self->names);
    PyObject_Free(self);
}

static PyObject *index_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    Index *self = (Index *)type->tp_alloc(type, 0);
    if (self && !(self->names = PyList_New(0))) Py_CLEAR(self);
    return (PyObject *)self;
}

static PyObject *index_names(Index *self, PyObject *unused) { return PyList_GetSlice(self->names, 0, PyList_GET_SIZE(self->names)); }

typedef struct {
    uint32_t *columns;
    float *counts;
    int64_t *ends;
    size_t used, column_room, count_room;
} Counted;

/* Move a candidate's counts out of the index; leaves it zero. */
static int move_counts(Counted *to, Sink *sink, size_t number) {
    if (grow((void **)&to->columns, &to->column_room, to->used + sink->found, sizeof(uint32_t)) ||
        grow((void **)&to->counts, &to->count_room, to->used + sink->found, sizeof(float)))
        return -1;
    for (uint32_t i = 0; i < sink->found; i++, to->used++) {
        to->columns[to->used] = sink->order[i];
        to->counts[to->used] = (float)sink->counts[sink->order[i]];
        sink->counts[sink->order[i]] = 0;
    }
    sink->found = 0;
    to->ends[number] = (int64_t)to->used;
    return 0;
}

static PyObject *text_count(Text *self, PyObject *args) {
    PyObject *judged, *found = NULL;
    Index *index;
    Batch batch;
    int unit;
    if (!PyArg_ParseTuple(args, "CO!O!", &unit, &PyList_Type, &judged, &IndexType, &index)) return NULL;
    Py_ssize_t count = PyList_GET_SIZE(judged);
    Counted counted = {NULL, NULL, malloc(((size_t)count + 1) * sizeof(int64_t)), 0, 0, 0};
    if (open_batch(&batch, count)) return free(counted.ends), NULL;
    Sink sink = {NULL, 0, NULL, NULL, 0, index->names, index, 0};
    int failed = !counted.ends;
    for (Py_ssize_t k = 0; k < count && !failed; k++) failed = add_candidate(&batch, self, PyList_GET_ITEM(judged, k), (char)unit);
    for (size_t k = 0; k < batch.count && !failed; k++) {
        Candidate candidate = candidate_of(&batch, batch.entries + k, (char)unit);
        take_all(&sink, &self->tokens, &candidate);
        failed = move_counts(&counted, &sink, k) || sink.failed;
    }
    if (!failed)
        found = Py_BuildValue("y#y#y#", (char *)counted.columns, (Py_ssize_t)(counted.used * sizeof(uint32_t)), (char *)counted.counts,
                              (Py_ssize_t)(counted.used * sizeof(float)), (char *)counted.ends, (Py_ssize_t)(count * (Py_ssize_t)sizeof(int64_t)));
    else if (!PyErr_Occurred())
        PyErr_NoMemory();
    free(counted.columns), free(counted.counts), free(counted.ends), free_batch(&batch);
    return found;
}

/* --- text.tokens and layout.case --------------------------------------------------------------------------------------- */

static int is_word(Py_UCS4 c) { return c == '_' || Py_UNICODE_ISALNUM(c); }

static Py_ssize_t at_address(int kind, const void *data, Py_ssize_t i, Py_ssize_t size) {
    static const char *const schemes[] = {"https://", "http://", "www."};
    for (int k = 0; k < 3; k++) {
        Py_ssize_t n = (Py_ssize_t)strlen(schemes[k]), same = 0;
        while (same < n && i + same < size && PyUnicode_READ(kind, data, i + same) == (Py_UCS4)schemes[k][same]) same++;
        if (same == n) return n;
    }
    return 0;
}

/* The end of the token at i, i itself for a blank; `host` to `host_end` is an address's name. */
static Py_ssize_t token_end(int kind, const void *data, Py_ssize_t i, Py_ssize_t size, Py_ssize_t *host, Py_ssize_t *host_end) {
    Py_UCS4 c = PyUnicode_READ(kind, data, i);
    Py_ssize_t end = i, scheme = c == 'h' || c == 'w' ? at_address(kind, data, i, size) : 0;
    *host = *host_end = 0;
    if (scheme) {
        end = *host = i + scheme;
        for (; end < size && end - *host < 80; end++) {
            c = PyUnicode_READ(kind, data, end);
            if (!is_word(c) && c != '.' && c != '-') break;
        }
        *host_end = end;
        if (end > *host) {
            for (; end < size; end++) {
                c = PyUnicode_READ(kind, data, end);
                if (Py_UNICODE_ISSPACE(c) || c == '"' || c == '<' || c == '>') break;
            }
            return end;
        }
        *host = *host_end = 0;
        c = PyUnicode_READ(kind, data, i);
        end = i;
    }
    if (c == '@') end++;
    while (end < size && is_word(PyUnicode_READ(kind, data, end))) end++;
    if (end == i && !Py_UNICODE_ISSPACE(c)) end++;
    return end;
}

static PyObject *token_text(PyObject *folded, Py_ssize_t i, Py_ssize_t end, Py_ssize_t host, Py_ssize_t host_end) {
    if (!host) return PyUnicode_Substring(folded, i, end);
    while (host < host_end && PyUnicode_READ_CHAR(folded, host) == '.') host++;
    while (host < host_end && PyUnicode_READ_CHAR(folded, host_end - 1) == '.') host_end--;
    PyObject *name = PyUnicode_Substring(folded, host, host_end);
    PyObject *found = name ? PyUnicode_FromFormat("url:%U", name) : NULL;
    Py_XDECREF(name);
    return found;
}

/* The original offset behind a folded one; without `starts` they are the same. */
static Py_ssize_t original(PyObject *starts, Py_ssize_t at) {
    return starts ? PyLong_AsSsize_t(PyList_GET_ITEM(starts, at)) : at;
}

static int append(PyObject *list, PyObject *owned) {
    int failed = !owned || PyList_Append(list, owned);
    Py_XDECREF(owned);
    return failed;
}

static int find_tokens(PyObject *folded, PyObject *starts, PyObject *texts, PyObject *firsts, PyObject *lasts) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(folded), end, host, host_end;
    int kind = PyUnicode_KIND(folded);
    const void *data = PyUnicode_DATA(folded);
    for (Py_ssize_t i = 0; i < size; i = end) {
        end = token_end(kind, data, i, size, &host, &host_end);
        if (end == i) { end++; continue; }
        Py_ssize_t behind = end;
        if (starts) {
            Py_ssize_t last = original(starts, end - 1);
            while (behind < size && original(starts, behind) == last) behind++;
        }
        if (append(texts, token_text(folded, i, end, host, host_end)) || append(firsts, PyLong_FromSsize_t(original(starts, i))) ||
            append(lasts, PyLong_FromSsize_t(original(starts, behind))) || PyErr_Occurred())
            return -1;
    }
    return 0;
}

static PyObject *native_tokens(PyObject *module, PyObject *args) {
    PyObject *folded, *starts;
    if (!PyArg_ParseTuple(args, "UO", &folded, &starts)) return NULL;
    if (starts == Py_None)
        starts = NULL;
    else if (!PyList_Check(starts) || PyList_GET_SIZE(starts) != PyUnicode_GET_LENGTH(folded) + 1)
        return PyErr_SetString(PyExc_ValueError, "starts wants an offset for each character and the end"), NULL;
    PyObject *texts = PyList_New(0), *firsts = PyList_New(0), *lasts = PyList_New(0), *found = NULL;
    if (texts && firsts && lasts && !find_tokens(folded, starts, texts, firsts, lasts)) found = PyTuple_Pack(3, texts, firsts, lasts);
    Py_XDECREF(texts), Py_XDECREF(firsts), Py_XDECREF(lasts);
    return found;
}

static PyObject *native_case(PyObject *module, PyObject *text) {
    if (!PyUnicode_Check(text)) return PyErr_SetString(PyExc_TypeError, "a text is wanted"), NULL;
    int kind = PyUnicode_KIND(text), cased = 0, blank = 1, first_upper = 0;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t letters = 0, upper = 0, words = 0, capitals = 0;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(text); i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        int capital = Py_UNICODE_ISUPPER(c);
        if (Py_UNICODE_ISALPHA(c)) {
            if (!letters++) first_upper = capital;
            upper += capital;
            cased |= capital || Py_UNICODE_ISLOWER(c);
        }
        int space = Py_UNICODE_ISSPACE(c);
        if (blank && !space) words++, capitals += capital;
        blank = space;
    }
    const char *found = letters < 2 || !cased                ? "none"
                        : upper == letters                   ? "upper"
                        : upper * 2 > letters                ? "mixed"
                        : words > 3 && capitals * 3 > words * 2 ? "title"
                        : first_upper                        ? "capital"
                                                             : "lower";
    return PyUnicode_InternFromString(found);
}

/* --- the module ------------------------------------------------------------------------------------------------------------ */

static PyMethodDef kernel_methods[] = {
    {"text", (PyCFunction)kernel_text, METH_VARARGS, "The tokens of a view: text(texts, classes)."}, {NULL}};

static PyMethodDef text_methods[] = {
    {"margins", (PyCFunction)text_margins, METH_VARARGS, "A list of margins a head: margins(unit, judged)."},
    {"words", (PyCFunction)text_words, METH_VARARGS, "A list of margins a head: words(unit, indices, layouts)."},
    {"features", (PyCFunction)text_features, METH_O, "The names of a candidate's features, in order."},
    {"count", (PyCFunction)text_count, METH_VARARGS, "Bytes of int32 columns, float32 counts, int64 ends: count(letter, judged, index)."}, {NULL}};

static PyMethodDef index_methods[] = {{"names", (PyCFunction)index_names, METH_NOARGS, "The features by column."}, {NULL}};

static PyTypeObject KernelType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "framing._native.Kernel", .tp_basicsize = sizeof(Kernel), .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = kernel_new, .tp_dealloc = (destructor)kernel_dealloc, .tp_methods = kernel_methods, .tp_doc = "The tables of a model."};

static PyTypeObject IndexType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "framing._native.Index", .tp_basicsize = sizeof(Index), .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = index_new, .tp_dealloc = (destructor)index_dealloc, .tp_methods = index_methods, .tp_doc = "Numbers features."};

static PyTypeObject TextType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "framing._native.Text", .tp_basicsize = sizeof(Text), .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = (destructor)text_dealloc, .tp_methods = text_methods, .tp_doc = "The tokens of a view."};

static PyObject *native_sound(PyObject *module, PyObject *given) {
    Py_buffer keys, places, starts, owners;
    unsigned long long rows, heads;
    if (!PyArg_ParseTuple(given, "y*y*y*y*KK", &keys, &places, &starts, &owners, &rows, &heads)) return NULL;
    int sound = is_sound(&keys, &places, &starts, &owners, rows, heads);
    PyBuffer_Release(&keys), PyBuffer_Release(&places), PyBuffer_Release(&starts), PyBuffer_Release(&owners);
    return PyBool_FromLong(sound);
}

static PyMethodDef methods[] = {
    {"sound", native_sound, METH_VARARGS, "Whether a table's indices are in range: sound(keys, places, starts, owners, rows, heads)."},
    {"tokens", native_tokens, METH_VARARGS, "Texts, starts and ends of the tokens: tokens(folded, starts or None)."},
    {"case", native_case, METH_O, "How a text uses capitals."}, {NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "framing._native", .m_doc = "The C execution of features, sums and tokens.", .m_size = -1,
    .m_methods = methods};

PyMODINIT_FUNC PyInit__native(void) {
    make_crc_table();
    if (PyType_Ready(&KernelType) || PyType_Ready(&TextType) || PyType_Ready(&IndexType)) return NULL;
    PyObject *made = PyModule_Create(&module);
    if (!made || PyModule_AddObjectRef(made, "Kernel", (PyObject *)&KernelType) ||
        PyModule_AddObjectRef(made, "Index", (PyObject *)&IndexType))
        return Py_XDECREF(made), NULL;
    return made;
}
