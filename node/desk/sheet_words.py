"""What other languages call the columns of a spreadsheet, and what stands in its cells.

German, French, Spanish, Portuguese, Italian, Polish, Ukrainian, Arabic and Turkish. Only common
words that are one thing in all of them, and in English: a Spaniard's `nombre` is a name and a
Frenchman's a number, so it stands nowhere here.
"""

# ruff: noqa: RUF001 - letters of other alphabets are what it is made of

from __future__ import annotations

import unicodedata
from typing import Final

HEADINGS: Final = {
    "kind": "art|typ|tipo|rodzaj|тип|النوع|tür",
    "category": "kategorie|catégorie|categoría|categoria|kategoria|категорія|الفئة|فئة|التصنيف|"
    "kategori|art der hilfe|type d'aide|tipo de ayuda|tipo de ajuda|tipo di aiuto|rodzaj pomocy|"
    "вид допомоги|тип допомоги|نوع المساعدة|yardım türü",
    "text": "bedarf|angebot|was|was wird gebraucht|was wird benötigt|was wird angeboten|"
    "beschreibung|bezeichnung|artikel|gesucht|besoin|besoins|offre|demande|désignation|article|"
    "de quoi avez-vous besoin|necesidad|necesidades|oferta|descripción|artículo|solicitud|"
    "petición|qué necesita|qué se necesita|qué ofrece|necessidade|necessidades|descrição|pedido|"
    "artigo|o que precisa|o que oferece|bisogno|bisogni|offerta|descrizione|richiesta|articolo|"
    "cosa serve|di cosa ha bisogno|potrzeba|potrzeby|opis|co potrzeba|czego potrzeba|потреба|"
    "потреби|опис|що потрібно|пропозиція|найменування|الاحتياج|الاحتياجات|الحاجة|الوصف|وصف|"
    "ihtiyaç|ihtiyaçlar|talep|malzeme|ne lazım|neye ihtiyacınız var",
    "qty": "menge|anzahl|stückzahl|quantité|qté|combien|cantidad|cuántos|cuántas|quantidade|qtd|"
    "qtde|quantità|q.tà|ilość|кількість|к-сть|الكمية|كمية|miktar|adet",
    "unit": "einheit|unité|unidad|unidade|unità|unità di misura|unité de mesure|unidad de medida|"
    "unidade de medida|jednostka|jednostka miary|одиниця|одиниця виміру|الوحدة|وحدة|وحدة القياس|"
    "birim",
    "zone": "stadtteil|ortsteil|bezirk|viertel|ort|stadt|gegend|quartier|arrondissement|commune|"
    "ville|lieu|zona|barrio|localidad|ciudad|bairro|cidade|localidade|quartiere|città|rione|"
    "dzielnica|osiedle|miasto|miejscowość|район|місто|мікрорайон|المنطقة|منطقة|الحي|المدينة|"
    "mahalle|ilçe|semt|bölge|şehir",
    "by": "bis|bis wann|benötigt bis|gebraucht bis|wann|frist|termin|date limite|échéance|"
    "pour quand|pour le|date souhaitée|fecha límite|plazo|para cuándo|hasta cuándo|prazo|"
    "data limite|para quando|até quando|scadenza|entro|entro quando|per quando|do kiedy|na kiedy|"
    "до коли|на коли|термін|строк|الموعد النهائي|آخر موعد|son tarih|ne zaman",
    "at": "datum|eingang|eingegangen am|gemeldet am|zeitstempel|horodateur|date de la demande|"
    "fecha|marca temporal|fecha de solicitud|data|carimbo de data/hora|data do pedido|"
    "informazioni cronologiche|data della richiesta|sygnatura czasowa|data zgłoszenia|дата|"
    "позначка часу|дата звернення|التاريخ|تاريخ|طابع زمني|tarih|zaman damgası|talep tarihi",
    "danger": "lebensgefahr|danger de mort|danger vital|peligro de vida|peligro de muerte|"
    "riesgo vital|perigo de vida|risco de vida|pericolo di vita|zagrożenie życia|загроза життю|"
    "خطر على الحياة|hayati tehlike",
    "contact": "kontakt|kontaktdaten|ansprechpartner|contacto|contato|contatto|recapito|recapiti|"
    "dane kontaktowe|контакт|контакти|الاتصال|جهة الاتصال|بيانات الاتصال|iletişim",
    "name": "vorname|nachname|familienname|vor- und nachname|nom|prénom|nom et prénom|nom prénom|"
    "nombre y apellido|nombre y apellidos|nombre completo|apellido|apellidos|nome|sobrenome|"
    "apelido|nome completo|cognome|nome e cognome|imię|nazwisko|imię i nazwisko|ім'я|прізвище|піб|"
    "прізвище та ім'я|ім'я та прізвище|الاسم|اسم|الاسم الكامل|isim|soyad|soyadı|ad soyad|"
    "adı soyadı|adı",
    "phone": "telefon|telefonnummer|handy|handynummer|mobil|mobilnummer|rufnummer|téléphone|"
    "numéro de téléphone|n° de téléphone|portable|teléfono|móvil|celular|número de teléfono|"
    "telefone|telemóvel|número de telefone|telefono|cellulare|numero di telefono|"
    "recapito telefonico|numer telefonu|nr telefonu|telefon kontaktowy|komórka|телефон|"
    "номер телефону|мобільний|الهاتف|هاتف|رقم الهاتف|الجوال|رقم الجوال|telefon numarası|"
    "cep telefonu",
    "email": "e-mail-adresse|courriel|adresse e-mail|correo|correo electrónico|correio eletrónico|"
    "correio eletrônico|posta elettronica|adres e-mail|електронна пошта|البريد الإلكتروني|e-posta|"
    "eposta",
    "street": "adresse|anschrift|straße|straße und hausnummer|strasse hausnummer|wohnadresse|plz|"
    "postleitzahl|rue|code postal|dirección|domicilio|calle|código postal|endereço|morada|rua|"
    "indirizzo|adres|ulica|kod pocztowy|адреса|вулиця|індекс|العنوان|عنوان|الشارع|adresi|sokak|"
    "cadde|posta kodu",
    "household": "personen|anzahl personen|personenzahl|haushaltsgröße|personnes|"
    "nombre de personnes|personas|número de personas|cuántas personas|pessoas|número de pessoas|"
    "persone|numero di persone|numero persone|liczba osób|ile osób|кількість осіб|кількість людей|"
    "عدد الأفراد|عدد الأشخاص|kişi sayısı",
    "languages": "sprache|sprachen|langue|langues|langue parlée|langues parlées|idioma|idiomas|"
    "língua|línguas|lingua|lingue|język|języki|мова|мови|اللغة|لغة|اللغات|dil|diller",
    "note": "bemerkung|bemerkungen|anmerkung|anmerkungen|notiz|notizen|hinweis|hinweise|kommentar|"
    "kommentare|sonstiges|remarque|remarques|commentaire|commentaires|observations|nota|notas|"
    "observación|observaciones|comentario|comentarios|observação|observações|obs|comentário|"
    "comentários|osservazioni|commenti|annotazioni|uwagi|notatki|komentarz|примітка|примітки|"
    "коментар|коментарі|ملاحظات|ملاحظة|الملاحظات|notlar",
}  # fmt: skip
"""By the names of the fields of `sheet_fields`."""

NEEDED: Final = (
    "bedarf gesuch gesuche suche sucht gesucht braucht besoin besoins demande cherche necesidad "
    "necesita solicitud petición busco necesito necessidade precisa pedido procura preciso "
    "bisogno richiesta cerco potrzeba potrzebuje potrzebuję szukam потреба потрібно шукаю запит "
    "потребує حاجة احتياج طلب ihtiyaç talep"
)
"""What a cell says of a need, in one word."""
OFFERED: Final = (
    "angebot angebote biete bietet spende offre don propose oferta oferece ofrece ofrezco "
    "donación dono ofereço doação offerta offro donazione oferuję oferuje пропозиція пропоную عرض "
    "تبرع teklif bağış"
)
OVER: Final = (
    "erledigt abgeschlossen geschlossen ja terminé terminée fait clos oui hecho cerrado resuelto "
    "sí si terminado concluído feito fechado resolvido sim fatto chiuso risolto concluso zrobione "
    "zamknięte załatwione zakończone tak виконано закрито так تم مغلق tamamlandı kapandı evet"
)
"""What a cell of a state says that is over; a column may be called `done`, and say yes."""

UNITS: Final = {
    "each": "bottle bottles tin tins can cans jar jars pair pairs set sets flasche flaschen dose "
    "dosen bouteille bouteilles botella botellas lata latas garrafa garrafas bottiglia bottiglie "
    "butelka butelki butelek пляшка пляшки пляшок قنينة şişe stück stk pièce pièces pieza piezas "
    "peça peças pezzo pezzi sztuka sztuki sztuk szt шт штук قطعة قطع adet",
    "pack": "box boxes bag bags carton cartons crate crates kiste kisten karton kartons caja "
    "cajas bolsa bolsas caixa caixas scatola scatole pudełko pudełka коробка коробки коробок "
    "صندوق kutu packung packungen paket pakete päckchen paquet paquets paquete paquetes pacote "
    "pacotes pacco pacchi paczka paczki paczek opakowanie opakowania opakowań упаковка упаковки "
    "упаковок уп عبوة",
    "kg": "кг كغ كيلو",
    "litre": "litro litros litri litr litry litrów літр літри літрів л لتر",
    "meal": "portion portions serving servings ration rations portionen ración raciones porción "
    "porciones porção porções porzione porzioni porcja porcje porcji порція порції порцій "
    "mahlzeit mahlzeiten repas comidas refeição refeições pasto pasti posiłek posiłki posiłków "
    "وجبة وجبات öğün",
    "person": "personen personne personnes persona personas pessoa pessoas persone osoba osoby "
    "osób особа особи осіб شخص أشخاص kişi",
    "night": "nacht nächte nuit nuits noche noches noite noites notte notti noc noce nocy ніч "
    "ночі ليلة gece",
    "hour": "stunde stunden heure heures horas ora ore godzina godziny godzin година години годин "
    "ساعة saat",
    "trip": "fahrt fahrten trajet trajets viaje viajes viagem viagens viaggio viaggi przejazd "
    "przejazdy поїздка поїздки رحلة",
    "room": "zimmer chambre chambres habitación habitaciones quarto quartos camera camere pokój "
    "pokoje кімната кімнати غرفة oda",
}  # fmt: skip

CATEGORIES: Final = {
    "WAT": "wasser trinkwasser eau agua água acqua woda вода ماء مياه su",
    "FOD": "essen lebensmittel nahrung nourriture alimentation repas comida alimentos alimentação "
    "cibo alimenti jedzenie żywność їжа продукти طعام غذاء gıda yiyecek yemek",
    "MED": "medizin medikamente gesundheit médicaments santé medicinas medicamentos salud saúde "
    "medicine farmaci salute leki zdrowie ліки медицина أدوية دواء صحة ilaç sağlık",
    "SHL": "unterkunft hébergement logement alojamiento alojamento alloggio nocleg schronienie "
    "житло притулок مأوى سكن barınma",
    "PWR": "strom électricité electricidad eletricidade elettricità prąd електрика كهرباء elektrik",
    "HYG": "hygiène higiene igiene higiena гігієна نظافة hijyen",
    "BAB": "säugling bébé bebé bebê bambini niemowlę немовля رضيع أطفال bebek",
    "CLO": "kleidung bekleidung vêtements ropa roupa roupas vestiti abbigliamento odzież ubrania "
    "одяг ملابس giysi kıyafet",
    "TRN": "fahrdienst transporte trasporto trasporti транспорт نقل ulaşım",
    "FIX": "reparatur reparaturen réparation réparations reparación reparaciones reparo reparos "
    "riparazione riparazioni naprawa naprawy ремонт إصلاح tamir onarım",
    "CAR": "betreuung pflege cuidados opieka догляд رعاية bakım",
    "PET": "tiere haustiere animaux animales mascotas animais animali zwierzęta тварини حيوانات "
    "hayvanlar",
    "LAN": "übersetzung dolmetschen traduction traducción tradução traduzione tłumaczenie "
    "переклад ترجمة çeviri tercüme",
    "MON": "geld argent dinero dinheiro denaro soldi pieniądze гроші مال para",
    "LRN": "unterricht enseignement enseñanza ensino insegnamento nauka навчання تعليم eğitim",
    "OTH": "sonstiges anderes andere autre autres otro otros outro outros altro inne інше أخرى "
    "diğer",
}  # fmt: skip
"""A category's own name, or what stands for it on every form."""

_LETTERS: Final = str.maketrans({"ł": "l", "Ł": "l", "ı": "i", **dict.fromkeys("’ʼ`´′", "'")})
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def folded(text: str) -> str:
    """The text in lower case and without accents, as people type it who have none at hand."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def spellings(word: str) -> frozenset[str]:
    """The word folded, with `ue` for `ü` too."""
    return frozenset({folded(word), folded(word.translate(_UMLAUTS))})


def by_word(words: dict[str, str]) -> dict[str, str]:
    """`{"each": "stück stk"}` turned round, in all spellings."""
    return {
        spelling: meant
        for meant, said in words.items()
        for word in said.split()
        for spelling in spellings(word)
    }
